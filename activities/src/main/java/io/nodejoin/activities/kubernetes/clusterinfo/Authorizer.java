package io.nodejoin.activities.kubernetes.clusterinfo;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decides what an identity may do in a cluster. Read-only. */
@FunctionalInterface
public interface Authorizer {
    /** Returns whether the identity has the access, and why. */
    Decision review(Identity identity, ResourceAccess access);

    /**
     * A user as an API server's authenticator reports it.
     *
     * @param groups all groups, including those that Kubernetes itself adds
     */
    record Identity(String user, List<String> groups) {
        /** A client without a credential. */
        public static final Identity ANONYMOUS = new Identity("system:anonymous", List.of("system:unauthenticated"));

        public Identity {
            groups = List.copyOf(groups);
        }
    }

    /**
     * The answer of an authorizer.
     *
     * @param reason the authorizer's own text; RBAC names the binding that allows the access
     */
    record Decision(boolean allowed, String reason) {
        /** A name as quoted by Go. RBAC names may contain nearly anything and be long; a possessive loop needs no stack. */
        private static final String QUOTED = "\"((?:[^\"\\\\]|\\\\.)++)\"";

        private static final Pattern GRANTED = Pattern.compile("RBAC: allowed by (ClusterRoleBinding|RoleBinding) "
                + QUOTED + " of (ClusterRole|Role) " + QUOTED + " to (Group|User|ServiceAccount) " + QUOTED);

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
}
