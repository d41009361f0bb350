package io.nodejoin.testbed.service;

import io.nodejoin.testbed.kafka.KafkaBroker;
import io.nodejoin.testbed.plan.AddressPlan;
import io.nodejoin.testbed.plan.BedDirectories;
import io.nodejoin.testbed.template.Template;
import io.nodejoin.testbed.temporal.TemporalServer;
import io.nodejoin.workflows.certificate.ApprovalMode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The service's configuration for one bed. */
record ServiceConfigFile(AddressPlan plan, BedDirectories directories, ApprovalMode approval, boolean strict) {

    /** The setting as files and options write it. */
    static String word(ApprovalMode approval) {
        return approval.name().toLowerCase(Locale.ROOT);
    }

    String text() {
        Map<String, Object> values = new HashMap<>();
        values.put("kafka", plan.kafka());
        values.put("requests", KafkaBroker.REQUESTS);
        values.put("events", KafkaBroker.EVENTS);
        values.put("deadLetters", KafkaBroker.DEAD_LETTERS);
        values.put("temporal", plan.temporal());
        values.put("namespace", TemporalServer.NAMESPACE);
        values.put("credential", directories.serviceCredential());
        values.put("approval", word(approval));
        values.put("strict", strict);
        values.put("gateway", plan.gateway());
        values.put("pki", directories.pki());
        values.put("admin", plan.admin());
        values.put("audit", directories.root().resolve("audit.log"));
        return Template.load("service/service.yaml").fill(values);
    }
}
