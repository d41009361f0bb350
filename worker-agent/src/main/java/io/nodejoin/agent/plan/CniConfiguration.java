package io.nodejoin.agent.plan;

import java.util.List;
import java.util.stream.Stream;

/** The CNI configuration of the host: container runtimes use the first file by name. */
public final class CniConfiguration {
    /** The directory of the files. */
    public static final String DIRECTORY = "/etc/cni/net.d";

    /** The CNI plugins of the bridge, besides the loopback plugin that every runtime needs. */
    public static final List<String> PLUGINS = List.of("bridge", "host-local", "portmap");

    static final String PARENT = "/etc/cni";
    static final String FILE = DIRECTORY + "/90-nodejoin.conflist";

    private static final List<String> SUFFIXES = List.of(".conf", ".conflist", ".json");

    private CniConfiguration() {}

    /** Returns the files in the directory that configure another network than Nodejoin's bridge. */
    public static Stream<String> otherConfigurations(Stream<String> paths) {
        return paths.filter(path -> !path.equals(FILE) && SUFFIXES.stream().anyMatch(path::endsWith));
    }

    /**
     * Returns a bridge whose pods reach each other, reach other networks behind the node's address, and are reached by
     * host ports.
     */
    static String bridgeConfiguration(String podCidr) {
        return """
                {
                  "cniVersion": "1.0.0",
                  "name": "nodejoin",
                  "plugins": [
                    {
                      "type": "bridge",
                      "bridge": "cni0",
                      "isGateway": true,
                      "ipMasq": true,
                      "hairpinMode": true,
                      "ipam": {
                        "type": "host-local",
                        "ranges": [[{"subnet": "%s"}]],
                        "routes": [{"dst": "%s"}]
                      }
                    },
                    {"type": "portmap", "capabilities": {"portMappings": true}}
                  ]
                }
                """.formatted(podCidr, podCidr.contains(":") ? "::/0" : "0.0.0.0/0");
    }
}
