package io.nodejoin.activities.kubernetes.preparation;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** The manifests of {@code deploy/cluster}, which the jar contains. */
final class Manifests {
    private static final Pattern SEPARATOR = Pattern.compile("^---$", Pattern.MULTILINE);

    private Manifests() {}

    static List<HasMetadata> load(KubernetesSerialization serialization, String file) {
        try (InputStream yaml =
                Objects.requireNonNull(Manifests.class.getResourceAsStream(file), "the jar contains its manifests")) {
            return SEPARATOR
                    .splitAsStream(new String(yaml.readAllBytes(), StandardCharsets.UTF_8))
                    .map(text -> serialization.<HasMetadata>unmarshal(text))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
