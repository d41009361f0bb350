package io.nodejoin.cli.doctor;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.List;

/** Evaluates the rules of a role. The authorizer decides; this only finds the binding that may be the cause. */
final class RolePolicyRules {
    private static final String ANY = "*";
    private static final List<String> APPROVAL_RESOURCES =
            List.of("certificatesigningrequests/nodeclient", "*/nodeclient", ANY);

    private RolePolicyRules() {}

    static boolean allowAutoApproval(List<PolicyRule> rules) {
        return rules.stream()
                .anyMatch(rule -> holds(rule.getApiGroups(), "certificates.k8s.io")
                        && holds(rule.getVerbs(), "create")
                        && rule.getResources().stream().anyMatch(APPROVAL_RESOURCES::contains));
    }

    private static boolean holds(List<String> values, String wanted) {
        return values.contains(wanted) || values.contains(ANY);
    }
}
