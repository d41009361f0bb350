package io.nodejoin.activities.kubernetes.clusterinfo;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer of an authorizer.
 *
 * @param reason the authorizer's own text; RBAC names the binding that allows the access
 */
public record AccessDecision(boolean allowed, String reason) {
    /** A name as quoted by Go. RBAC names may contain nearly anything and be long; a possessive loop needs no stack. */
    private static final String QUOTED = "\"((?:[^\"\\\\]|\\\\.)++)\"";

    private static final Pattern GRANTED = Pattern.compile("RBAC: allowed by (ClusterRoleBinding|RoleBinding) " + QUOTED
            + " of (ClusterRole|Role) " + QUOTED + " to (Group|User|ServiceAccount) " + QUOTED);

    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");
    private static final int LONGEST_NAME = 128;
    private static final int LONGEST_REASON = 200;

    /**
     * Returns the binding that allows the access, or a text that it is not RBAC. Printable, one line of bounded length.
     */
    public String grantedBy() {
        return rbacBinding()
                .orElseGet(() -> "an authorizer other than RBAC"
                        + (reason.isBlank()
                                ? " that gives no reason"
                                : ", which says '" + printable(reason, LONGEST_REASON) + "'"));
    }

    private Optional<String> rbacBinding() {
        Matcher granted = GRANTED.matcher(reason);
        return granted.matches()
                ? Optional.of("%s \"%s\" of %s \"%s\" to %s \"%s\""
                        .formatted(
                                granted.group(1),
                                printable(granted.group(2), LONGEST_NAME),
                                granted.group(3),
                                printable(granted.group(4), LONGEST_NAME),
                                granted.group(5),
                                printable(granted.group(6), LONGEST_NAME)))
                : Optional.empty();
    }

    private static String printable(String text, int longest) {
        String clean = UNPRINTABLE.matcher(text).replaceAll("?");
        return clean.length() <= longest ? clean : clean.substring(0, longest) + "...";
    }
}
