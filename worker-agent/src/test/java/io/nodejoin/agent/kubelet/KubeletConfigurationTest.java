package io.nodejoin.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.KubeletOptions;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.event.Taint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KubeletConfigurationTest {
    /** Path, kind and first release of each member, as strict-decoding.go prints the first two for each release. */
    private static final String MEMBERS = resource("members.txt");

    /** A version of the module k8s.io/kubelet for each release. */
    private static final Map<KubeletRelease, String> MODULES = Map.of(
            new KubeletRelease(1, 34), "v0.34.4",
            new KubeletRelease(1, 35), "v0.35.4",
            new KubeletRelease(1, 36), "v0.36.3",
            new KubeletRelease(1, 37), "v0.37.2");

    private static final KubeletOptions OPTIONS = new KubeletOptions(
            Map.of("cpu", "100m", "memory", "256Mi", "pid", "1000"),
            Map.of("memory", "128Mi", "ephemeral-storage", "1Gi"),
            Map.of("memory.available", "5%", "nodefs.inodesFree", "10%"),
            "20Mi",
            3);

    @TempDir
    Path directory;

    private static String resource(String name) {
        try (InputStream stream =
                Objects.requireNonNull(KubeletConfigurationTest.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<KubeletRelease> releases() {
        return KubeletRelease.SUPPORTED;
    }

    private static String text(HostSettings cluster) {
        KubeletSettings settings = new KubeletSettings(
                "192.0.2.7", "fleet:///7", List.of(new Taint("a/b", "c", Taint.Effect.NoSchedule)), true);
        return new KubeletConfiguration(settings, cluster, CriEndpoint.CONTAINERD).text();
    }

    /** Every member that is ever written, in as many files as it takes. */
    private static List<String> texts() {
        ContainerdSettings cgroupfs = new ContainerdSettings(CgroupDriver.CGROUPFS, null, Map.of());
        return List.of(
                text(HostSettings.DEFAULT),
                text(new HostSettings(SwapPolicy.NO_SWAP, cgroupfs, OPTIONS)),
                text(new HostSettings(SwapPolicy.LIMITED_SWAP, null, OPTIONS)));
    }

    /** Kind by path, of the members that a release knows. */
    private static Map<String, String> known(KubeletRelease release) {
        Map<String, String> known = new TreeMap<>();
        MEMBERS.lines().map(line -> line.split(" ", -1)).forEach(words -> {
            if (KubeletRelease.parse(words[2] + ".0").orElseThrow().minor() <= release.minor()) {
                known.put(words[0], words[1]);
            }
        });
        return known;
    }

    /** Kind by path, as far as the kinds of the release have members of their own. */
    private static Map<String, String> written(JsonNode node, Map<String, String> known) {
        Map<String, String> written = new TreeMap<>();
        collect("", node, known, written);
        return written;
    }

    private static void collect(String path, JsonNode node, Map<String, String> known, Map<String, String> written) {
        if (node.isObject() && !"object".equals(known.get(path))) {
            node.properties()
                    .forEach(member -> collect(
                            path.isEmpty() ? member.getKey() : path + "." + member.getKey(),
                            member.getValue(),
                            known,
                            written));
        } else {
            written.put(path, node.getNodeType().name().toLowerCase(Locale.ROOT));
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void shouldWriteOnlyMembersThatTheKubeletsReleaseKnows(KubeletRelease release) throws JsonProcessingException {
        // given
        Map<String, String> known = known(release);

        for (String text : texts()) {
            // when
            Map<String, String> written = written(new YAMLMapper().readTree(text), known);

            // then
            assertThat(known).containsAllEntriesOf(written);
        }
    }

    @Test
    void shouldUseTheDefaultsOfTheKubeletUnlessTheClusterSetsOthers() throws JsonProcessingException {
        // when
        JsonNode configuration = new YAMLMapper().readTree(text(HostSettings.DEFAULT));

        // then
        assertThat(Stream.of(
                                "kubeReserved",
                                "systemReserved",
                                "evictionHard",
                                "mergeDefaultEvictionSettings",
                                "containerLogMaxSize",
                                "containerLogMaxFiles",
                                "failCgroupV1")
                        .filter(configuration::has))
                .isEmpty();
        assertThat(configuration.path("cgroupDriver").asText()).isEqualTo("systemd");
    }

    @Test
    void shouldSetWhatTheClusterConfiguresAndKeepTheOtherEvictionDefaults() throws JsonProcessingException {
        // when
        JsonNode configuration = new YAMLMapper()
                .readTree(text(new HostSettings(
                        null, new ContainerdSettings(CgroupDriver.CGROUPFS, null, Map.of()), OPTIONS)));

        // then
        assertThat(configuration.at("/kubeReserved/memory").asText()).isEqualTo("256Mi");
        assertThat(configuration.at("/systemReserved/ephemeral-storage").asText())
                .isEqualTo("1Gi");
        assertThat(configuration.at("/evictionHard/memory.available").asText()).isEqualTo("5%");
        assertThat(configuration.path("mergeDefaultEvictionSettings").asBoolean())
                .isTrue();
        assertThat(configuration.path("containerLogMaxSize").asText()).isEqualTo("20Mi");
        assertThat(configuration.path("containerLogMaxFiles").asInt()).isEqualTo(3);
        assertThat(configuration.path("cgroupDriver").asText()).isEqualTo("cgroupfs");
    }

    /** Needs Go, and its module proxy the first time. */
    @ParameterizedTest
    @MethodSource("releases")
    @EnabledIfSystemProperty(named = "nodejoin.strict", matches = "true")
    void shouldBeDecodedStrictlyByTheTypesOfTheKubeletsRelease(KubeletRelease release)
            throws IOException, InterruptedException {
        // given
        Files.writeString(directory.resolve("main.go"), resource("strict-decoding.go"));
        Files.writeString(
                directory.resolve("go.mod"),
                "module strict\ngo 1.24\nrequire k8s.io/kubelet " + MODULES.get(release) + "\n");
        List<String> command = new ArrayList<>(List.of("go", "run", "."));
        for (String text : texts()) {
            Path file = Files.createTempFile(directory, "kubelet", ".yaml");
            command.add(Files.writeString(file, text).toString());
        }

        // when
        run(List.of("go", "mod", "tidy"));
        String members = run(command);

        // then
        Map<String, String> decoded = new TreeMap<>();
        members.lines().map(line -> line.split(" ", -1)).forEach(words -> decoded.put(words[0], words[1]));
        assertThat(known(release)).isEqualTo(decoded);
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        Path errors = Files.createTempFile(directory, "errors", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        return Files.readString(output);
    }
}
