package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBindingBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation;
import io.nodejoin.activities.kubernetes.preparation.StaticPolicies;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.io.IOException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The API server has the policies in a file: at first those alone, then also those of a prepared cluster. */
@Tag("real")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class StaticPoliciesIT {
    private static final String POLICIES = "ValidatingAdmissionPolicy 'nodejoin-policies.static.k8s.io'";

    private final LiveCluster cluster;
    private final KubernetesClient admin;

    StaticPoliciesIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.admin = cluster.admin();
    }

    @BeforeAll
    void load() {
        admin.admissionRegistration().v1().validatingAdmissionPolicyBindings().delete();
        admin.admissionRegistration().v1().validatingAdmissionPolicies().delete();
        cluster.loadStaticPolicies(StaticPolicies.yaml());
    }

    @AfterAll
    void restore() throws IOException {
        cluster.unloadStaticPolicies();
        prepare();
    }

    private List<ClusterPreparation.Result> prepare() throws IOException {
        try (AdminCluster opened = AdminCluster.open(cluster.adminKubeconfig())) {
            return new ClusterPreparation(opened, ApprovalMode.NODEJOIN, Accounts.single, false).apply();
        }
    }

    @Test
    @Order(1)
    void shouldRefuseAThiefWhereTheApiHasNoPolicyAtAll() {
        // given
        KubernetesClient thief = cluster.clients().client(LiveCluster.NAME);

        // then
        assertThat(admin.admissionRegistration()
                        .v1()
                        .validatingAdmissionPolicies()
                        .list()
                        .getItems())
                .isEmpty();
        try (ForbiddenCalls calls = new ForbiddenCalls(admin)) {
            assertThat(calls.all())
                    .filteredOn(call -> call.because().contains("ValidatingAdmissionPolicy"))
                    .isNotEmpty()
                    .allSatisfy(call -> assertThat(refusal(() -> call.attempt().accept(thief)))
                            .hasMessageContaining(call.because().replaceFirst("'$", ".static.k8s.io'")));
        }
    }

    @Test
    @Order(2)
    void shouldLetNoAdministratorDeleteOrChangeAPolicyOfTheApi() throws IOException {
        // given
        prepare();
        ValidatingAdmissionPolicy policy = admin.admissionRegistration()
                .v1()
                .validatingAdmissionPolicies()
                .withName("nodejoin-certificate-names")
                .require();
        ValidatingAdmissionPolicyBinding binding = admin.admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .withName("nodejoin-certificate-names")
                .require();
        ValidatingAdmissionPolicyBinding lax = new ValidatingAdmissionPolicyBindingBuilder(binding)
                .editSpec()
                .withValidationActions("Audit")
                .endSpec()
                .build();

        // then
        assertThat(refusal(() -> admin.resource(policy).delete())).hasMessageContaining(POLICIES);
        assertThat(refusal(() -> admin.resource(binding).delete())).hasMessageContaining(POLICIES);
        assertThat(refusal(() -> admin.resource(lax).update())).hasMessageContaining(POLICIES);
        assertThatCode(() -> admin.resource(lax).dryRun().update()).doesNotThrowAnyException();
        assertThat(prepare())
                .extracting(ClusterPreparation.Result::change)
                .containsOnly(ClusterPreparation.Result.Change.unchanged);
    }

    @Test
    @Order(3)
    void shouldLetNoAdministratorDeleteOrReplaceAStaticPolicy() {
        // given
        ValidatingAdmissionPolicy policy = admin.admissionRegistration()
                .v1()
                .validatingAdmissionPolicies()
                .withName("nodejoin-tokens")
                .require();
        ValidatingAdmissionPolicy own = new ValidatingAdmissionPolicyBuilder(policy)
                .withNewMetadata()
                .withName("nodejoin-tokens.static.k8s.io")
                .endMetadata()
                .build();

        // then
        assertThat(admin.resource(own).delete()).isEmpty();
        assertThat(refusal(() -> admin.resource(own).create()))
                .hasMessageContaining("reserved for static manifest-based configurations");
    }

    private static KubernetesClientException refusal(ThrowingCallable call) {
        return catchThrowableOfType(KubernetesClientException.class, call);
    }
}
