package io.nodejoin.cli.doctor;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Builds the command that removes subjects from a binding, or deletes the binding if no other subject is left. Safe to
 * paste into a shell.
 */
final class SubjectRemoval {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9:._/-]+");
    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

    private SubjectRemoval() {}

    static String command(ClusterRoleBinding binding, Predicate<Subject> whom) {
        return command("clusterrolebinding", binding.getMetadata(), binding.getSubjects(), whom);
    }

    static String command(RoleBinding binding, Predicate<Subject> whom) {
        return command("rolebinding", binding.getMetadata(), binding.getSubjects(), whom);
    }

    private static String command(String kind, ObjectMeta binding, List<Subject> subjects, Predicate<Subject> whom) {
        String object = kind + " " + shellQuoted(binding.getName())
                + (binding.getNamespace() == null ? "" : " --namespace " + shellQuoted(binding.getNamespace()));
        return subjects.stream().allMatch(whom)
                ? "kubectl delete " + object
                : "kubectl patch " + object + " --type json --patch " + shellQuoted(patch(subjects, whom));
    }

    /** From the last to the first, so that indexes stay valid; each only if it is still that subject. */
    private static String patch(List<Subject> subjects, Predicate<Subject> whom) {
        return IntStream.range(0, subjects.size())
                .map(i -> subjects.size() - 1 - i)
                .filter(i -> whom.test(subjects.get(i)))
                .mapToObj(i ->
                        "{\"op\":\"test\",\"path\":\"/subjects/%d/name\",\"value\":\"%s\"},{\"op\":\"remove\",\"path\":\"/subjects/%d\"}"
                                .formatted(i, subjects.get(i).getName(), i))
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** A name with unprintable characters is not repeated; the command then has a placeholder. */
    private static String shellQuoted(String text) {
        if (UNPRINTABLE.matcher(text).find()) {
            return "NAME_WITH_UNPRINTABLE_CHARACTERS";
        }
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
