package io.nodejoin.testbed.config;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * What one bed is asked to be. Beds with different names and numbers live beside each other.
 *
 * @param name 1 to 8 lower-case letters and digits, beginning with a letter; part of namespace and directory names
 * @param number 0 to 20; decides the subnet 10.77.NUMBER.0/24 and the ports
 * @param tokenControllers whether the controller manager signs cluster-info and deletes expired tokens
 * @param kubeProxy whether hosts that join get Service IPs, by the DaemonSet under {@code deploy}; costs each host some
 *     seconds and 400 MB of disk for its image
 */
public record BedSettings(String name, int number, BedMode mode, boolean tokenControllers, boolean kubeProxy) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]{0,7}");
    private static final int HIGHEST_NUMBER = 20;
    private static final Map<String, Integer> KNOWN = Map.of("main", 0, "demo", 1, "e2e", 2, "bench", 3, "chaos", 4);

    public BedSettings {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "bed name '" + name + "': 1 to 8 lower-case letters and digits, beginning with a letter");
        }
        if (number < 0 || number > HIGHEST_NUMBER) {
            throw new IllegalArgumentException("bed number " + number + ": 0 to " + HIGHEST_NUMBER + " are possible");
        }
    }

    /** A bed in namespaces with one of the names that have a number: main, demo, e2e, bench, chaos. */
    public static BedSettings named(String name) {
        Integer number = KNOWN.get(name);
        if (number == null) {
            throw new IllegalArgumentException(
                    "bed '" + name + "' has no number of its own: give one from 5 to " + HIGHEST_NUMBER);
        }
        return numbered(name, number);
    }

    public static BedSettings numbered(String name, int number) {
        return new BedSettings(name, number, BedMode.NAMESPACES, true, false);
    }

    public BedSettings withMode(BedMode other) {
        return new BedSettings(name, number, other, tokenControllers, kubeProxy);
    }

    public BedSettings withTokenControllers(boolean on) {
        return new BedSettings(name, number, mode, on, kubeProxy);
    }

    public BedSettings withKubeProxy(boolean on) {
        return new BedSettings(name, number, mode, tokenControllers, on);
    }
}
