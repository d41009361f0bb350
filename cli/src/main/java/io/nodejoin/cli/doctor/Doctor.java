package io.nodejoin.cli.doctor;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.clusterinfo.AccessReviews;
import io.nodejoin.activities.kubernetes.clusterinfo.AnonymousRights;
import io.nodejoin.activities.kubernetes.clusterinfo.ApprovalRights;
import io.nodejoin.activities.kubernetes.clusterinfo.Authorizer;
import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** All checks of one cluster, with an administrator's rights. They delete what they create. */
public final class Doctor {
    private final List<NamedCheck> checks;

    private record NamedCheck(String name, Check check) {}

    /** @param pause waits for this time, or less if the thread is interrupted */
    public Doctor(
            AdminCluster cluster, ApprovalMode approval, Clock clock, SecureRandom random, Consumer<Duration> pause) {
        Accounts accounts = Accounts.of(cluster);
        Poll poll = new Poll(clock, pause);
        Authorizer authorizer = new AccessReviews(cluster.client());
        RbacBindings bindings = new RbacBindings(cluster.client());
        ProbeTokens tokens = new ProbeTokens(cluster.client(), clock, random);
        this.checks = List.of(
                new NamedCheck("server version", new ServerVersion(cluster)),
                new NamedCheck("clock", new ServerClock(cluster, clock)),
                new NamedCheck("prepared objects", new PreparedObjects(cluster, approval)),
                new NamedCheck("cluster-info", new PublicClusterInfo(cluster)),
                new NamedCheck("certificate requests", new CertificateRequests(authorizer)),
                new NamedCheck("approval", new Approval(new ApprovalRights(authorizer), approval, bindings)),
                new NamedCheck("certificate signing", new CertificateSigning(cluster.client(), poll)),
                new NamedCheck("bootstrap tokens", new TokenAuthentication(cluster, tokens, poll)),
                new NamedCheck("cluster-info signer", new TokenSigning(cluster.client(), tokens, poll)),
                new NamedCheck("token cleaner", new TokenCleaner(tokens, poll)),
                new NamedCheck("anonymous access", new AnonymousAccess(new AnonymousRights(authorizer), bindings)),
                new NamedCheck("account's rights", new RequiredRights(authorizer, accounts)),
                new NamedCheck("account's limits", new ForbiddenRights(authorizer, accounts, bindings)));
    }

    /**
     * Runs all checks in sequence.
     *
     * @throws KubernetesClientException if the API server cannot be reached
     */
    public List<CheckResult> runChecks() {
        return checks.stream()
                .map(named -> new CheckResult(named.name(), findingOf(named.check())))
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
