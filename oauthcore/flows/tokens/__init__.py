"""The token core that all three products share: verifying, redeeming, ending."""
