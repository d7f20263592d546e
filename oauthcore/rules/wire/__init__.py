"""What travels over HTTP: headers, parameters, bodies, addresses; read strictly."""
