package io.nodejoin.gateway.machines;

import io.nodejoin.protocol.agent.MachineFacts;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** The check of what a machine says of itself, which goes into the pool's history and to people. */
final class FactsCheck {
    private static final int MAX_ADDRESSES = 8;
    private static final Pattern ARCHITECTURE = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final Pattern SYSTEM_UUID = Pattern.compile("[A-Za-z0-9-]{1,64}");
    /** No zone, brackets, or fewer than four numbers, which {@link InetAddress#ofLiteral} accepts. */
    private static final Pattern ADDRESS =
            Pattern.compile("[0-9]{1,3}([.][0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f.:]{1,40}");

    private FactsCheck() {}

    /** Returns what is wrong with the facts; empty if nothing is. */
    static Optional<String> findFault(MachineFacts facts) {
        if (!ARCHITECTURE.matcher(facts.architecture()).matches()) {
            return Optional.of("architecture is no name of one");
        }
        if (facts.cpus() < 1 || facts.memoryBytes() < 1 || facts.diskBytes() < 0) {
            return Optional.of("cpus, memoryBytes or diskBytes is too small");
        }
        if (facts.addresses().size() > MAX_ADDRESSES
                || !facts.addresses().stream().allMatch(FactsCheck::isAddress)) {
            return Optional.of("addresses has more than " + MAX_ADDRESSES + ", or one that is no IP address");
        }
        String systemUuid = facts.systemUuid();
        return systemUuid == null || SYSTEM_UUID.matcher(systemUuid).matches()
                ? Optional.empty()
                : Optional.of("systemUuid is no UUID");
    }

    private static boolean isAddress(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            return false;
        }
        try {
            InetAddress _ = InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
