package io.nodejoin.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.reply.Reply;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplyWriterTest {
    private final Server server = new Server();
    private final LocalConnector connector = new LocalConnector(server);

    @AfterEach
    void stop() {
        LifeCycle.stop(server);
    }

    @Test
    void shouldSendStatusHeadersAndBody() throws Exception {
        // given
        serveAlways(new Reply(429, Map.of("wait", "please"), Map.of("Retry-After", "1")));
        // when
        String response = get();
        // then
        assertThat(response)
                .startsWith("HTTP/1.1 429 ")
                .contains("Retry-After: 1")
                .endsWith("{\"wait\":\"please\"}");
    }

    @Test
    void shouldEndTheRequestWhenItsReplyCannotBeWritten() throws Exception {
        // given
        Object noJson = new Object();
        serveAlways(Reply.ok(noJson));
        // when
        String response = get();
        // then
        assertThat(response).startsWith("HTTP/1.1 500 ");
    }

    private void serveAlways(Reply reply) {
        ReplyWriter writer = new ReplyWriter(new StrictJson());
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                writer.send(reply, response, callback);
                return true;
            }
        });
        LifeCycle.start(server);
    }

    private String get() throws Exception {
        return connector.getResponse(
                "GET / HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n", false, 10, TimeUnit.SECONDS);
    }
}
