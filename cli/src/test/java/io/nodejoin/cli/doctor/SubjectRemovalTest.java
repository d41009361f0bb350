package io.nodejoin.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubjectRemovalTest {
    private static final List<String> UNWANTED = List.of("system:bootstrappers", "system:authenticated");

    @Test
    void shouldDeleteABindingThatIsForNobodyElse() {
        // given
        ClusterRoleBinding binding = binding("planted:wide", "system:bootstrappers");

        // when
        String command = SubjectRemoval.command(binding, subject -> UNWANTED.contains(subject.getName()));

        // then
        assertThat(command).isEqualTo("kubectl delete clusterrolebinding planted:wide");
    }

    @Test
    void shouldTakeOutTheSubjectsAndLeaveTheOthers() {
        // given
        ClusterRoleBinding binding =
                binding("shared", "system:bootstrappers", "system:bootstrappers:kubeadm", "system:authenticated");

        // when
        String command = SubjectRemoval.command(binding, subject -> UNWANTED.contains(subject.getName()));

        // then
        assertThat(command)
                .isEqualTo("kubectl patch clusterrolebinding shared --type json --patch '["
                        + "{\"op\":\"test\",\"path\":\"/subjects/2/name\",\"value\":\"system:authenticated\"},"
                        + "{\"op\":\"remove\",\"path\":\"/subjects/2\"},"
                        + "{\"op\":\"test\",\"path\":\"/subjects/0/name\",\"value\":\"system:bootstrappers\"},"
                        + "{\"op\":\"remove\",\"path\":\"/subjects/0\"}]'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            $(reboot)  | kubectl delete clusterrolebinding '$(reboot)'
            a'b        | kubectl delete clusterrolebinding 'a'\\''b'
            two words  | kubectl delete clusterrolebinding 'two words'
            a\u001b[31m | kubectl delete clusterrolebinding NAME_WITH_UNPRINTABLE_CHARACTERS
            """)
    void shouldMakeNoNamePartOfTheCommand(String name, String expected) {
        // given
        ClusterRoleBinding binding = binding(name, "system:bootstrappers");

        // when
        String command = SubjectRemoval.command(binding, subject -> UNWANTED.contains(subject.getName()));

        // then
        assertThat(command).isEqualTo(expected);
    }

    @Test
    void shouldSayInWhichNamespace() {
        // given
        var binding = new RoleBindingBuilder()
                .withNewMetadata()
                .withName("open")
                .withNamespace("kube-system")
                .endMetadata()
                .addNewSubject("", "Group", "system:unauthenticated", null)
                .build();

        // when
        String command = SubjectRemoval.command(binding, _ -> true);

        // then
        assertThat(command).isEqualTo("kubectl delete rolebinding open --namespace kube-system");
    }

    private static ClusterRoleBinding binding(String name, String... groups) {
        ClusterRoleBindingBuilder binding =
                new ClusterRoleBindingBuilder().withNewMetadata().withName(name).endMetadata();
        for (String group : groups) {
            binding.addNewSubject("rbac.authorization.k8s.io", "Group", group, null);
        }
        return binding.build();
    }
}
