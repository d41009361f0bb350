package io.nodejoin.gateway.http;

import io.nodejoin.gateway.reply.Reply;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes a request with a {@link Reply}. */
final class ReplyWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyWriter.class);

    private final StrictJson json;

    ReplyWriter(StrictJson json) {
        this.json = json;
    }

    void send(Reply reply, Response response, Callback callback) {
        try {
            write(reply, response, callback);
        } catch (RuntimeException e) {
            // No defect may leave the request open.
            LOG.error("a reply could not be written", e);
            callback.failed(e);
        }
    }

    private void write(Reply reply, Response response, Callback callback) {
        response.setStatus(reply.status());
        reply.headers().forEach(response.getHeaders()::put);
        if (!response.getRequest().consumeAvailable()) {
            // The rest of an unread body would be parsed as the next request.
            response.getHeaders().put("Connection", "close");
        }
        if (reply.body() == null) {
            response.write(true, ByteBuffer.allocate(0), callback);
        } else {
            response.getHeaders().put("Content-Type", "application/json");
            response.write(true, ByteBuffer.wrap(json.write(reply.body())), callback);
        }
    }
}
