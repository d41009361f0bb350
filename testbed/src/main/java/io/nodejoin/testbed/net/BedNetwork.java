package io.nodejoin.testbed.net;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.process.Command;

/**
 * The network of one bed: a bridge in the control plane's namespace, to which the root namespace and every host connect
 * by a veth pair. Every method is idempotent and repairs a partial setup.
 */
public final class BedNetwork {
    private static final String BRIDGE = "br0";
    private static final String UPLINK = "uplink";

    private final AddressPlan plan;
    private final NetworkNamespace controlPlane;

    public BedNetwork(AddressPlan plan) {
        this.plan = plan;
        this.controlPlane = new NetworkNamespace(plan.controlPlaneNamespace());
    }

    public NetworkNamespace controlPlane() {
        return controlPlane;
    }

    public NetworkNamespace host(String name) {
        return new NetworkNamespace(plan.hostNamespace(name));
    }

    public void create() {
        controlPlane.create();
        if (!controlPlane.hasLink(BRIDGE)) {
            controlPlane.ip("link", "add", BRIDGE, "type", "bridge");
        }
        controlPlane.ip("link", "set", BRIDGE, "address", plan.bridgeHardwareAddress());
        controlPlane.ip("addr", "replace", plan.apiServer().address() + "/24", "dev", BRIDGE);
        controlPlane.ip("link", "set", BRIDGE, "up");
        connectRoot();
    }

    /** Gives the host its namespace and its address as eth0. */
    public NetworkNamespace connectHost(String name, int number) {
        NetworkNamespace host = host(name);
        String link = plan.hostLink(number);
        host.create();
        if (!host.hasLink("eth0")) {
            removeFrom(controlPlane, link);
            Command.of(
                            "ip",
                            "link",
                            "add",
                            link,
                            "netns",
                            controlPlane.name(),
                            "type",
                            "veth",
                            "peer",
                            "name",
                            "eth0",
                            "netns",
                            host.name())
                    .run()
                    .orFail();
        }
        controlPlane.ip("link", "set", link, "master", BRIDGE, "up");
        host.ip("addr", "replace", plan.hostAddress(number) + "/24", "dev", "eth0");
        host.ip("link", "set", "eth0", "up");
        host.ip("route", "replace", "default", "via", plan.apiServer().address());
        return host;
    }

    /** Pulls the host's cable, or puts it back. */
    public void setHostConnected(int number, boolean connected) {
        controlPlane.ip("link", "set", plan.hostLink(number), connected ? "up" : "down");
    }

    public void disconnectHost(String name, int number) {
        if (controlPlane.exists()) {
            removeFrom(controlPlane, plan.hostLink(number));
        }
        host(name).killAll();
        host(name).delete();
    }

    public void tearDown() {
        if (rootHasLink()) {
            Command.of("ip", "link", "delete", plan.rootLink()).run().orFail();
        }
        controlPlane.killAll();
        controlPlane.delete();
    }

    private void connectRoot() {
        if (!rootHasLink()) {
            removeFrom(controlPlane, UPLINK);
            Command.of(
                            "ip",
                            "link",
                            "add",
                            plan.rootLink(),
                            "type",
                            "veth",
                            "peer",
                            "name",
                            UPLINK,
                            "netns",
                            controlPlane.name())
                    .run()
                    .orFail();
        }
        controlPlane.ip("link", "set", UPLINK, "master", BRIDGE, "up");
        Command.of("ip", "addr", "replace", plan.rootAddress() + "/24", "dev", plan.rootLink())
                .run()
                .orFail();
        Command.of("ip", "link", "set", plan.rootLink(), "up").run().orFail();
    }

    private boolean rootHasLink() {
        return Command.of("ip", "link", "show", "dev", plan.rootLink()).run().succeeded();
    }

    private static void removeFrom(NetworkNamespace namespace, String link) {
        if (namespace.hasLink(link)) {
            namespace.ip("link", "delete", link);
        }
    }
}
