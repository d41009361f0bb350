package io.nodejoin.cli.doctor;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.clusterinfo.AccessReviews;
import io.nodejoin.activities.kubernetes.clusterinfo.AnonymousRights;
import io.nodejoin.activities.kubernetes.clusterinfo.ApprovalRights;
import io.nodejoin.activities.kubernetes.clusterinfo.Authorizer;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;

/** All checks of one cluster, with an administrator's rights. They delete what they create. */
public final class Doctor {
    private final List<Check> checks;

    public Doctor(AdminCluster cluster, ApprovalMode approval, Clock clock, SecureRandom random) {
        Authorizer authorizer = new AccessReviews(cluster.client());
        RbacBindings bindings = new RbacBindings(cluster.client());
        ProbeTokens tokens = new ProbeTokens(cluster.client(), clock, random);
        this.checks = List.of(
                new ServerVersion(cluster),
                new ServerClock(cluster, clock),
                new PreparedObjects(cluster, approval),
                new PublicClusterInfo(cluster),
                new CertificateRequests(authorizer),
                new Approval(new ApprovalRights(authorizer), approval, bindings),
                new CertificateSigning(cluster.client()),
                new TokenAuthentication(cluster, tokens),
                new TokenSigning(cluster.client(), tokens),
                new TokenCleaner(tokens),
                new AnonymousAccess(new AnonymousRights(authorizer), bindings),
                new RequiredRights(authorizer),
                new ForbiddenRights(authorizer, bindings));
    }

    /**
     * Runs all checks in sequence.
     *
     * @throws KubernetesClientException if the API server cannot be reached
     */
    public List<CheckResult> runChecks() {
        return checks.stream()
                .map(check -> new CheckResult(check.name(), findingOf(check)))
                .toList();
    }

    private static Finding findingOf(Check check) {
        try {
            return check.run();
        } catch (KubernetesClientException e) {
            if (e.getCode() <= 0) { // no response at all
                throw e;
            }
            return Finding.failed(
                    "the API server responds with " + e.getCode() + ": " + e.getMessage(),
                    "this could not be examined",
                    "run nodejoin doctor with the kubeconfig of an administrator (cluster-admin)");
        }
    }
}
