package io.nodejoin.service.tracing;

import io.nodejoin.workflows.lifecycle.NodeRequest;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;

/** Nodejoin's own attributes of spans, in the words of its events, metrics and logs. */
final class SpanAttributes {
    static final AttributeKey<String> CLUSTER = AttributeKey.stringKey("nodejoin.cluster");
    static final AttributeKey<String> NODE = AttributeKey.stringKey("nodejoin.node");
    static final AttributeKey<String> JOIN = AttributeKey.stringKey("nodejoin.join");
    static final AttributeKey<String> PHASE = AttributeKey.stringKey("nodejoin.phase");
    static final AttributeKey<String> CODE = AttributeKey.stringKey("nodejoin.code");
    static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("temporal.activity.attempt");
    static final AttributeKey<String> RUN = AttributeKey.stringKey("temporal.run");

    private SpanAttributes() {}

    static void setRequest(Span span, NodeRequest request) {
        span.setAttribute(CLUSTER, request.node().cluster().value())
                .setAttribute(NODE, request.node().name().value())
                .setAttribute(JOIN, request.joinId().value());
    }
}
