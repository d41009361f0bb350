package io.nodejoin.testbed.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.kafka.KafkaBroker;
import io.nodejoin.testbed.template.Template;
import io.nodejoin.testbed.temporal.TemporalServer;
import java.util.HashMap;
import java.util.Map;

/** The service's configuration for one bed. */
record ServiceConfigFile(AddressPlan plan, BedDirectories directories, ServiceSettings settings) {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    String text() {
        Map<String, Object> values = new HashMap<>();
        values.put("kafka", settings.overLinks() ? plan.kafkaLink() : plan.kafka());
        values.put("requests", KafkaBroker.REQUESTS);
        values.put("events", KafkaBroker.EVENTS);
        values.put("deadLetters", KafkaBroker.DEAD_LETTERS);
        values.put("kafkaClient", directories.kafkaClientProperties());
        values.put("temporal", settings.overLinks() ? plan.temporalLink() : plan.temporal());
        values.put("namespace", TemporalServer.NAMESPACE);
        values.put("credential", directories.serviceCredential());
        values.put("approval", settings.approvalLabel());
        values.put("strict", settings.strict());
        values.put(
                "kubelets",
                settings.kubeletDigests().stream()
                        .map(digest -> quoted(digest.value()))
                        .toList());
        values.put(
                "requestKeys",
                settings.requestKeys() == null
                        ? "null"
                        : quoted(settings.requestKeys().toString()));
        values.put("hosts", json(settings.hosts()));
        values.put("gateway", plan.gateway());
        values.put("pki", directories.pki());
        values.put("admin", plan.admin());
        values.put("audit", directories.root().resolve("audit.log"));
        return Template.load("service/service.yaml").render(values);
    }

    /** Also YAML. */
    private static String json(HostSettings hosts) {
        try {
            return JSON.writeValueAsString(hosts);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of the protocol cannot be written", e);
        }
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
