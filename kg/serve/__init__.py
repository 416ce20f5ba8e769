"""A web server of one workspace: a SPARQL endpoint, a query page, a page for each thing of the graph.

It listens on this machine only unless told otherwise, reads the disk and never writes it, and runs strangers' queries
as ``kg query`` does: checked, in child processes without a network, within limits.

| module      | does                                                              |
| ----------- | ----------------------------------------------------------------- |
| run         | opens the port and runs the server                                 |
| app         | leads requests to what answers them; headers of every answer       |
| live        | holds the newest build and its processes                           |
| protocol    | reads a request of the SPARQL Protocol                             |
| negotiate   | chooses the form of an answer                                      |
| endpoint    | answers queries                                                    |
| asking      | waits for a query, ends it when its client leaves                  |
| description | describes the service                                              |
| addresses   | maps IRIs to paths and back                                        |
| facts       | asks what a page tells of a thing                                  |
| searching   | finds entities and papers by name                                  |
| pages       | makes the pages                                                    |

The server is uvicorn with Starlette, both kept well and small, so a plain installation has them.
"""

from kg.serve.run import Options, serve

__all__ = ["Options", "serve"]
