package io.nodejoin.testbed.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BinaryOperator;

/** The objects of a chart, and the files that the container of its pods sees. */
final class RenderedChart {
    /** The keys of a Secret of type kubernetes.io/tls, which is mounted as a whole. */
    private static final List<String> TLS_KEYS = List.of("tls.crt", "tls.key");

    private final List<JsonNode> objects;
    private final String workload;

    private RenderedChart(List<JsonNode> objects, String workload) {
        this.objects = objects;
        this.workload = workload;
    }

    /** The same chart, seen by the pods of this StatefulSet. */
    RenderedChart seenBy(String statefulSet) {
        return new RenderedChart(objects, statefulSet);
    }

    /** The Secrets that its pods mount. */
    Set<String> secrets() {
        Set<String> names = new TreeSet<>();
        for (JsonNode volume : pod().path("volumes")) {
            volume.findValues("secret")
                    .forEach(secret -> names.add(
                            secret.path("name").asText(secret.path("secretName").asText())));
        }
        return names;
    }

    static RenderedChart parse(String manifests) throws IOException {
        try (var documents = new YAMLMapper().readerFor(JsonNode.class).<JsonNode>readValues(manifests)) {
            List<JsonNode> objects = new ArrayList<>();
            documents.forEachRemaining(object -> {
                if (object.isObject()) {
                    objects.add(object);
                }
            });
            return new RenderedChart(objects, "nodejoin");
        }
    }

    JsonNode object(String kind, String name) {
        return objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .filter(object -> object.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the chart has no " + kind + " " + name));
    }

    JsonNode container() {
        return pod().at("/containers/0");
    }

    /**
     * Writes below this directory what the container sees, with the directory before each path of its configuration.
     *
     * @param secrets the content of a Secret's key, by name and key
     */
    void writeFiles(Path root, BinaryOperator<String> secrets) throws IOException {
        for (JsonNode mount : container().path("volumeMounts")) {
            Path directory = Files.createDirectories(
                    root.resolve(mount.path("mountPath").asText().substring(1)));
            String name = mount.path("name").asText();
            for (JsonNode volume : pod().path("volumes")) {
                if (volume.path("name").asText().equals(name)) {
                    writeVolume(volume, directory, root, secrets);
                }
            }
        }
    }

    private void writeVolume(JsonNode volume, Path directory, Path root, BinaryOperator<String> secrets)
            throws IOException {
        if (volume.has("projected")) {
            for (JsonNode source : volume.at("/projected/sources")) {
                writeVolume(source, directory, root, secrets);
            }
        } else if (volume.has("configMap")) {
            JsonNode data =
                    object("ConfigMap", volume.at("/configMap/name").asText()).path("data");
            for (JsonNode item : volume.at("/configMap/items")) {
                String text = data.path(item.path("key").asText()).asText();
                write(directory, item, text.replaceAll("(?<=[ :=])/(?=etc/|var/)", root + "/"));
            }
        } else if (volume.has("secret")) {
            writeSecret(volume.path("secret"), directory, secrets);
        }
    }

    private static void writeSecret(JsonNode secret, Path directory, BinaryOperator<String> secrets)
            throws IOException {
        String name = secret.path("name").asText(secret.path("secretName").asText());
        for (JsonNode item : secret.path("items")) {
            write(directory, item, secrets.apply(name, item.path("key").asText()));
        }
        if (!secret.has("items")) {
            for (String key : TLS_KEYS) {
                Files.writeString(directory.resolve(key), secrets.apply(name, key));
            }
        }
    }

    private static void write(Path directory, JsonNode item, String content) throws IOException {
        Path file = directory.resolve(item.path("path").asText());
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, content);
    }

    JsonNode pod() {
        return object("StatefulSet", workload).at("/spec/template/spec");
    }
}
