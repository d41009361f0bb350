package io.nodejoin.agent.preflight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.kubelet.KubeletPaths;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The machine's own kubelet settings, which override those of a join.
 *
 * @param settings in the order in which the kubelet reads them
 * @param unreadable the files that are not a KubeletConfiguration
 */
record KubeletDropIns(List<JsonNode> settings, List<String> unreadable) {
    private static final String KIND = "KubeletConfiguration";

    KubeletDropIns {
        settings = List.copyOf(settings);
        unreadable = List.copyOf(unreadable);
    }

    static KubeletDropIns read(HostFiles files) {
        YAMLMapper yaml = new YAMLMapper();
        List<JsonNode> settings = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        for (String name : files.list(KubeletPaths.DROP_INS)) {
            String path = KubeletPaths.DROP_INS + "/" + name;
            if (name.endsWith(".conf")) {
                JsonNode setting = parse(yaml, files, path);
                if (setting.path("kind").asText().equals(KIND)) {
                    settings.add(setting);
                } else {
                    unreadable.add(path);
                }
            }
        }
        return new KubeletDropIns(settings, unreadable);
    }

    private static JsonNode parse(YAMLMapper yaml, HostFiles files, String path) {
        try {
            return yaml.readTree(files.read(path)
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                    .orElse(""));
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /** Returns the setting at a JSON pointer; missing if no file has it. */
    JsonNode at(String pointer) {
        return settings.stream()
                .map(setting -> setting.at(pointer))
                .filter(value -> !value.isMissingNode())
                .reduce((_, later) -> later)
                .orElse(MissingNode.getInstance());
    }

    /** Returns whether a switch is explicitly off. */
    boolean isDisabled(String pointer) {
        return at(pointer).isBoolean() && !at(pointer).booleanValue();
    }
}
