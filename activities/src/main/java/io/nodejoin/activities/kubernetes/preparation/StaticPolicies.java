package io.nodejoin.activities.kubernetes.preparation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBindingBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The admission policies for a file that API servers read by themselves, so that no user of the API can change or delete them. Such a file
 * can have no policy with a parameter; another policy in it keeps those in the API as they are.
 */
public final class StaticPolicies {
    /** Kubernetes reserves these names for objects of files. */
    private static final String SUFFIX = ".static.k8s.io";

    private StaticPolicies() {}

    /** Returns the contents of the file. */
    public static String yaml() {
        KubernetesSerialization serialization = new KubernetesSerialization();
        return Stream.of("guard.yaml", "guard-static.yaml")
                .flatMap(file -> Manifests.load(serialization, file).stream())
                .flatMap(StaticPolicies::toStatic)
                .map(serialization::asYaml)
                .collect(Collectors.joining());
    }

    private static Stream<HasMetadata> toStatic(HasMetadata object) {
        String name = object.getMetadata().getName() + SUFFIX;
        return switch (object) {
            case ValidatingAdmissionPolicy policy
            when policy.getSpec().getParamKind() == null ->
                Stream.of(new ValidatingAdmissionPolicyBuilder(policy)
                        .editMetadata()
                        .withName(name)
                        .endMetadata()
                        .build());
            case ValidatingAdmissionPolicyBinding binding
            when binding.getSpec().getParamRef() == null ->
                Stream.of(new ValidatingAdmissionPolicyBindingBuilder(binding)
                        .editMetadata()
                        .withName(name)
                        .endMetadata()
                        .editSpec()
                        .withPolicyName(name)
                        .endSpec()
                        .build());
            default -> Stream.empty();
        };
    }
}
