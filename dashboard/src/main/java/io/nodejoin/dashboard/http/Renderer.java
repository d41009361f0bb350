package io.nodejoin.dashboard.http;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.nodejoin.dashboard.access.Principal;
import io.nodejoin.dashboard.page.Chrome;

/** Renders pages by the templates, which were compiled with the module. */
final class Renderer {
    private final TemplateEngine templates = TemplateEngine.createPrecompiled(ContentType.Html);
    private final String style;
    private final String script;

    Renderer(StaticFiles files) {
        style = files.href("style.css");
        script = files.href("live.js");
    }

    Chrome chrome(String title, Chrome.Section section, Principal principal, boolean live) {
        return new Chrome(title, section, principal, live, style, script);
    }

    String render(String template, Object page) {
        StringOutput html = new StringOutput(32_768);
        templates.render(template + ".jte", page, html);
        return html.toString();
    }
}
