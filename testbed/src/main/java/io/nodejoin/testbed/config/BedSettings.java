package io.nodejoin.testbed.config;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * What one bed is asked to be. Beds with different names and numbers live beside each other.
 *
 * @param name 1 to 8 lower-case letters and digits, beginning with a letter; part of namespace and directory names
 * @param number 0 to 20; decides the subnet 10.77.NUMBER.0/24 and the ports
 * @param tokenControllers whether the controller manager signs cluster-info and deletes expired tokens
 * @param kubeProxy whether hosts that join get Service IPs, by the DaemonSet under {@code deploy}; costs each host some
 *     seconds and 400 MB of disk for its image
 * @param clusterApproves whether the cluster's own controllers approve the kubelets' certificates, instead of Nodejoin
 */
public record BedSettings(
        String name, int number, BedMode mode, boolean tokenControllers, boolean kubeProxy, boolean clusterApproves) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]{0,7}");
    private static final int HIGHEST_NUMBER = 20;
    private static final int LOWEST_FREE_NUMBER = 5;
    private static final Map<String, Integer> KNOWN = Map.of("main", 0, "demo", 1, "e2e", 2, "bench", 3, "chaos", 4);

    public BedSettings {
        requireName(name);
        if (number < 0 || number > HIGHEST_NUMBER) {
            throw new IllegalArgumentException("bed number " + number + ": 0 to " + HIGHEST_NUMBER + " are possible");
        }
    }

    /** A bed in namespaces with one of the names that have a number: main, demo, e2e, bench, chaos. */
    public static BedSettings named(String name) {
        Integer number = KNOWN.get(name);
        if (number == null) {
            throw new IllegalArgumentException(
                    "bed '" + name + "' has no number of its own: give one with --number, from " + LOWEST_FREE_NUMBER
                            + " to " + HIGHEST_NUMBER);
        }
        return numbered(name, number);
    }

    public static BedSettings numbered(String name, int number) {
        return new BedSettings(name, number, BedMode.NAMESPACES, true, false, false);
    }

    /** Refuses a name that no bed can have. */
    public static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "bed name '" + name + "': 1 to 8 lower-case letters and digits, beginning with a letter");
        }
    }

    /** Reads what {@link #text()} has written. */
    static BedSettings parse(String text) {
        Properties values = new Properties();
        try {
            values.load(new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new BedSettings(
                values.getProperty("name", ""),
                Integer.parseInt(values.getProperty("number", "")),
                BedMode.valueOf(values.getProperty("mode", "")),
                Boolean.parseBoolean(values.getProperty("tokenControllers")),
                Boolean.parseBoolean(values.getProperty("kubeProxy")),
                Boolean.parseBoolean(values.getProperty("clusterApproves")));
    }

    /** As the bed's own file has it. */
    public String text() {
        return """
                name=%s
                number=%d
                mode=%s
                tokenControllers=%s
                kubeProxy=%s
                clusterApproves=%s
                """.formatted(name, number, mode, tokenControllers, kubeProxy, clusterApproves);
    }

    /** Refuses to go on with a bed that was raised with other settings. */
    public void requireSameAs(BedSettings raised) {
        if (!equals(raised)) {
            throw new IllegalStateException("bed " + name + " is up with other settings (" + raised
                    + "); take it down first: testbed/testbed down --bed " + name);
        }
    }

    public BedSettings withMode(BedMode other) {
        return new BedSettings(name, number, other, tokenControllers, kubeProxy, clusterApproves);
    }

    public BedSettings withTokenControllers(boolean on) {
        return new BedSettings(name, number, mode, on, kubeProxy, clusterApproves);
    }

    public BedSettings withKubeProxy(boolean on) {
        return new BedSettings(name, number, mode, tokenControllers, on, clusterApproves);
    }

    public BedSettings withClusterApproval(boolean on) {
        return new BedSettings(name, number, mode, tokenControllers, kubeProxy, on);
    }
}
