package io.nodejoin.activities.kubernetes.clusterinfo;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Objects;

/**
 * Queries the authorizers of an API server by SubjectAccessReview, as kube-controller-manager does before it approves a
 * CSR.
 */
public final class AccessReviews implements Authorizer {
    private final KubernetesClient client;

    /** @param client client with the right to create SubjectAccessReviews */
    public AccessReviews(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Authorizer.Decision review(Authorizer.Identity identity, ResourceAccess access) {
        String[] resource = access.resource().split("/", 2);
        SubjectAccessReview review = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(identity.user())
                .withGroups(identity.groups())
                .withNewResourceAttributes()
                .withVerb(access.verb())
                .withGroup(access.apiGroup())
                .withResource(resource[0])
                .withSubresource(resource.length > 1 ? resource[1] : null)
                .withNamespace(access.namespace())
                .withName(access.name())
                .endResourceAttributes()
                .endSpec()
                .build();
        SubjectAccessReviewStatus status =
                client.authorization().v1().subjectAccessReview().create(review).getStatus();
        return new Authorizer.Decision(
                Boolean.TRUE.equals(status.getAllowed()), Objects.requireNonNullElse(status.getReason(), ""));
    }
}
