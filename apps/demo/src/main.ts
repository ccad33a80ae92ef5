console.log("The outage demo is being built.")
