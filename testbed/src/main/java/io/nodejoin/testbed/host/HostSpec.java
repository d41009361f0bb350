package io.nodejoin.testbed.host;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.testbed.provision.DebianRelease;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A host to be added to a bed.
 *
 * @param name host name and node name: one RFC 1123 label of at most 32 characters
 * @param enrollmentSecret the one-time secret on the host for its agent
 * @param release the operating system
 * @param faults the host's faults
 */
public record HostSpec(
        String name, String enrollmentSecret, HostProfile profile, DebianRelease release, Set<HostFault> faults) {
    private static final int MAX_NAME = 32;
    private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7e]{1,256}");

    public HostSpec {
        NodeName.violation(name).ifPresent(rule -> {
            throw new IllegalArgumentException("host name '" + name + "' " + rule);
        });
        if (name.length() > MAX_NAME || name.contains(".")) {
            throw new IllegalArgumentException(
                    "host name '" + name + "': one label of at most " + MAX_NAME + " characters");
        }
        if (!SECRET.matcher(enrollmentSecret).matches()) {
            throw new IllegalArgumentException("enrollment secret: 1 to 256 printable ASCII characters, no blanks");
        }
        faults = Set.copyOf(faults);
    }

    /** A faultless host with containerd and the newest Debian. */
    public static HostSpec named(String name, String enrollmentSecret) {
        return new HostSpec(name, enrollmentSecret, HostProfile.CONTAINERD, DebianRelease.TRIXIE, Set.of());
    }

    public HostSpec with(HostProfile other) {
        return new HostSpec(name, enrollmentSecret, other, release, faults);
    }

    public HostSpec with(DebianRelease other) {
        return new HostSpec(name, enrollmentSecret, profile, other, faults);
    }

    public HostSpec with(HostFault fault) {
        Set<HostFault> more = EnumSet.of(fault);
        more.addAll(faults);
        return new HostSpec(name, enrollmentSecret, profile, release, more);
    }

    public boolean has(HostFault fault) {
        return faults.contains(fault);
    }

    public boolean hasAgent() {
        return !has(HostFault.NO_AGENT);
    }
}
