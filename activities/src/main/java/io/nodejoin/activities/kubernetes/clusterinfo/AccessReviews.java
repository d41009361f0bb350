package io.nodejoin.activities.kubernetes.clusterinfo;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Objects;

/** The authorizers of an API server, asked by SubjectAccessReview: as its own controllers ask before they approve. */
public final class AccessReviews implements Authorizer {
    private final KubernetesClient client;

    /** @param client of somebody who may create SubjectAccessReviews */
    public AccessReviews(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Ruling ask(Identity who, Access what) {
        String[] resource = what.resource().split("/", 2);
        SubjectAccessReview question = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(who.user())
                .withGroups(who.groups())
                .withNewResourceAttributes()
                .withVerb(what.verb())
                .withGroup(what.apiGroup())
                .withResource(resource[0])
                .withSubresource(resource.length > 1 ? resource[1] : null)
                .withNamespace(what.namespace())
                .withName(what.name())
                .endResourceAttributes()
                .endSpec()
                .build();
        SubjectAccessReviewStatus answer = client.authorization()
                .v1()
                .subjectAccessReview()
                .create(question)
                .getStatus();
        return new Ruling(Boolean.TRUE.equals(answer.getAllowed()), Objects.requireNonNullElse(answer.getReason(), ""));
    }
}
