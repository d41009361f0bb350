package io.nodejoin.agent.plan;

import java.util.regex.Pattern;

/** Recognises Docker's rules in the output of {@code iptables --list-rules}. */
final class DockerRules {
    /** Docker's chains, its default bridge, and the bridges of the networks that it has created. */
    private static final Pattern OWN = Pattern.compile(".* (DOCKER(-[A-Z0-9-]+)?|docker0|br-[0-9a-f]{12})( .*)?");

    private DockerRules() {}

    static boolean isDockerRule(String rule) {
        return OWN.matcher(rule).matches();
    }
}
