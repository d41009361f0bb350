package io.nodejoin.testbed.preflight;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Programs that a user has already, in the directory that the variable NODEJOIN_BINARIES names: those are used instead of being
 * built, if they are of the version that would be built.
 *
 * @param repository the working copy, which names the versions
 */
public record SuppliedPrograms(Optional<Path> directory, Path repository) {
    private static final String PAUSE = "pause";
    private static final List<Program> KUBERNETES = List.of(
            new Program(
                    "etcd", List.of("--version"), "etcd Version: ", GoModule.KUBERNETES, "go.etcd.io/etcd/server/v3"),
            kubernetes("kube-apiserver", List.of("--version"), "Kubernetes v"),
            kubernetes("kube-controller-manager", List.of("--version"), "Kubernetes v"),
            kubernetes("kube-scheduler", List.of("--version"), "Kubernetes v"),
            kubernetes("kube-proxy", List.of("--version"), "Kubernetes v"),
            kubernetes("kubelet", List.of("--version"), "Kubernetes v"),
            kubernetes("kubeadm", List.of("version", "--output=short"), "v"),
            kubernetes("kubectl", List.of("version", "--client"), "Client Version: v"));
    private static final Program TEMPORAL =
            new Program("temporal", List.of("--version"), "Server ", GoModule.TEMPORAL, "go.temporal.io/server");

    /**
     * A program and its version.
     *
     * @param question the arguments that have it tell its version
     * @param before what stands right before the version in the answer
     * @param required the Go module that decides the version
     */
    private record Program(String name, List<String> question, String before, GoModule module, String required) {
        String wanted(Path repository) {
            return module.required(repository, required).substring(1);
        }
    }

    public static SuppliedPrograms of(Path repository, Map<String, String> environment) {
        return new SuppliedPrograms(
                Optional.of(environment.getOrDefault("NODEJOIN_BINARIES", ""))
                        .filter(text -> !text.isEmpty())
                        .map(text -> Path.of(text).toAbsolutePath()),
                repository);
    }

    private static Program kubernetes(String name, List<String> question, String before) {
        return new Program(name, question, before, GoModule.KUBERNETES, "k8s.io/kubernetes");
    }

    /** The names of the programs of Kubernetes. */
    public static List<String> kubernetesNames() {
        return KUBERNETES.stream().map(Program::name).toList();
    }

    /** The file that is supplied under this name. */
    public Optional<Path> find(String name) {
        return directory.map(parent -> parent.resolve(name)).filter(Files::exists);
    }

    public Optional<Path> pause() {
        return find(PAUSE);
    }

    public Optional<Path> temporal() {
        return find(TEMPORAL.name());
    }

    /** Whether nothing of this module has to be built. */
    boolean replaces(GoModule module) {
        return switch (module) {
            case KUBERNETES -> pause().isPresent() && hasAllOfKubernetes();
            case TEMPORAL -> temporal().isPresent();
            case TOXIPROXY -> false;
        };
    }

    /** Whether all programs of Kubernetes are there, so that only the pause program may have to be built. */
    public boolean hasAllOfKubernetes() {
        return kubernetesNames().stream().allMatch(name -> find(name).isPresent());
    }

    /** Whether any program of Kubernetes is there. */
    public boolean hasSomeOfKubernetes() {
        return kubernetesNames().stream().anyMatch(name -> find(name).isPresent());
    }

    /** Why what is supplied cannot be used, each with what was found and what is wanted. */
    List<String> obstacles() {
        if (directory.isEmpty()) {
            return List.of();
        }
        if (!hasSomeOfKubernetes() && temporal().isEmpty()) {
            return List.of("NODEJOIN_BINARIES=" + directory.get() + " has none of: "
                    + String.join(", ", kubernetesNames()) + ", " + TEMPORAL.name() + "; unset it or put them there");
        }
        return Stream.concat(KUBERNETES.stream(), Stream.of(TEMPORAL))
                .flatMap(program -> find(program.name()).stream().flatMap(file -> obstacle(program, file).stream()))
                .toList();
    }

    private Optional<String> obstacle(Program program, Path file) {
        String wanted = program.wanted(repository);
        List<String> question = Stream.concat(Stream.of(file.toString()), program.question().stream())
                .toList();
        Optional<String> answer = Probe.ask(question);
        Matcher version = Pattern.compile(Pattern.quote(program.before()) + "(\\d[\\w.+-]*)")
                .matcher(answer.orElse(""));
        String found = version.find() ? version.group(1) : "";
        if (found.equals(wanted)) {
            return Optional.empty();
        }
        String what = found.isEmpty()
                ? " does not tell its version (" + String.join(" ", question) + ")"
                : " is of version " + found;
        return Optional.of(
                file + what + ", and " + wanted + " is wanted: replace it, or take it away to have it built");
    }
}
