package io.nodejoin.agent.plan;

import java.util.regex.Pattern;

/** How Docker's rules are told from others, as {@code iptables --list-rules} prints them. */
final class DockerRules {
    /** Its chains, its first bridge, and the bridges of the networks that it has made. */
    private static final Pattern OWN = Pattern.compile(".* (DOCKER(-[A-Z0-9-]+)?|docker0|br-[0-9a-f]{12})( .*)?");

    private DockerRules() {}

    static boolean isDockerRule(String rule) {
        return OWN.matcher(rule).matches();
    }
}
