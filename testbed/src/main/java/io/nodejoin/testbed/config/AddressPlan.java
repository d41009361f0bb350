package io.nodejoin.testbed.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The names, addresses and ports of one bed: a pure function of its settings, so that nothing has to be remembered and two
 * beds never meet. Ports of one kind lie ten apart from bed to bed.
 */
public record AddressPlan(BedSettings settings) {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int PORTS_PER_BED = 10;

    /** Host numbers run from here to {@link #LAST_HOST}; they are the last byte of the host's address. */
    public static final int FIRST_HOST = 11;

    public static final int LAST_HOST = 250;

    /** One listening port on one address. */
    public record Endpoint(String address, int port) {
        @Override
        public String toString() {
            return address + ":" + port;
        }
    }

    public String controlPlaneNamespace() {
        return "nj-" + settings.name() + "-cp";
    }

    public String hostNamespace(String host) {
        return "nj-" + settings.name() + "-host-" + host;
    }

    /** The bridge port of a host in the control plane's namespace: at most 15 characters, as Linux wants. */
    public String hostLink(int host) {
        return "nj" + settings.number() + "h" + host;
    }

    /** Locally administered. A bridge without one of its own takes its ports', and changes it when they come and go. */
    public String bridgeHardwareAddress() {
        return "02:00:0a:4d:%02x:01".formatted(settings.number());
    }

    /** The end, in the root namespace, of the veth pair that leads into the control plane's namespace. */
    public String rootLink() {
        return "nj" + settings.number() + "root";
    }

    public Endpoint apiServer() {
        return inNamespaces() ? new Endpoint(subnetAddress(1), 6443) : new Endpoint(LOOPBACK, local(16443));
    }

    public Endpoint etcd() {
        return new Endpoint(LOOPBACK, inNamespaces() ? 2379 : local(12379));
    }

    public Endpoint etcdPeer() {
        return new Endpoint(LOOPBACK, inNamespaces() ? 2380 : local(12380));
    }

    public Endpoint controllerManager() {
        return new Endpoint(LOOPBACK, inNamespaces() ? 10257 : local(20257));
    }

    public Endpoint scheduler() {
        return new Endpoint(LOOPBACK, inNamespaces() ? 10259 : local(20259));
    }

    public Endpoint kafka() {
        return new Endpoint(LOOPBACK, local(19092));
    }

    public Endpoint kafkaController() {
        return new Endpoint(LOOPBACK, local(19093));
    }

    /** Where the broker listens for those who come over a link. */
    public Endpoint kafkaBehindLink() {
        return new Endpoint(LOOPBACK, local(19094));
    }

    /** Where links are broken and mended. */
    public Endpoint linkControl() {
        return new Endpoint(LOOPBACK, local(18445));
    }

    public Endpoint kafkaLink() {
        return new Endpoint(LOOPBACK, local(19095));
    }

    public Endpoint temporalLink() {
        return new Endpoint(LOOPBACK, local(17234));
    }

    public Endpoint apiServerLink() {
        return new Endpoint(LOOPBACK, local(16444));
    }

    /** Where those connect whose calls to the API server are passed on, or answered as by one that has trouble. */
    public Endpoint apiFaultProxy() {
        return new Endpoint(LOOPBACK, local(16445));
    }

    public Endpoint gatewayLink() {
        return new Endpoint(LOOPBACK, local(18444));
    }

    public Endpoint temporal() {
        return new Endpoint(LOOPBACK, local(17233));
    }

    public Endpoint temporalUi() {
        return new Endpoint(LOOPBACK, local(18233));
    }

    public Endpoint temporalMetrics() {
        return new Endpoint(LOOPBACK, local(18234));
    }

    /** Where agents reach the service: from every host, and from the root namespace. */
    public Endpoint gateway() {
        return new Endpoint(inNamespaces() ? rootAddress() : LOOPBACK, local(18443));
    }

    /** Health, metrics and dashboard of the service. */
    public Endpoint admin() {
        return new Endpoint(LOOPBACK, local(18080));
    }

    /** Every port that the bed listens on at 127.0.0.1 of the outer machine, with what it is for. */
    public Map<String, Endpoint> onLoopback() {
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        endpoints.put("Kafka", kafka());
        endpoints.put("Kafka's controller", kafkaController());
        endpoints.put("Temporal", temporal());
        endpoints.put("Temporal's UI", temporalUi());
        endpoints.put("the Nodejoin service", admin());
        if (!inNamespaces()) {
            endpoints.put("the API server", apiServer());
            endpoints.put("etcd", etcd());
            endpoints.put("the gateway", gateway());
        }
        return endpoints;
    }

    /** The address that the root namespace has on the bed's network. */
    public String rootAddress() {
        return subnetAddress(254);
    }

    public String hostAddress(int host) {
        if (host < FIRST_HOST || host > LAST_HOST) {
            throw new IllegalArgumentException("host number " + host);
        }
        return subnetAddress(host);
    }

    /** The pods' network on one host; hosts do not share one, and no pod needs to reach another host's pods. */
    public String podSubnet(int host) {
        return "10.201." + host + ".0/24";
    }

    public boolean inNamespaces() {
        return settings.mode() == BedMode.NAMESPACES;
    }

    private String subnetAddress(int last) {
        return "10.77." + settings.number() + "." + last;
    }

    private int local(int base) {
        return base + PORTS_PER_BED * settings.number();
    }
}
