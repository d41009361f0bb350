package io.nodejoin.dashboard.http;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.nodejoin.dashboard.access.FormTokens;
import io.nodejoin.dashboard.access.Principal;
import io.nodejoin.dashboard.page.PageLayout;
import io.nodejoin.dashboard.text.Links;

/** Renders pages by the templates, which were compiled with the module. */
final class Renderer {
    private final TemplateEngine templates = TemplateEngine.createPrecompiled(ContentType.Html);
    private final FormTokens tokens;
    private final String style;
    private final String script;

    Renderer(StaticFiles files, FormTokens tokens) {
        this.tokens = tokens;
        style = files.href("style.css");
        script = files.href("live.js");
    }

    PageLayout layout(String title, PageLayout.Section section, Principal principal, boolean live) {
        String signOut = principal.hasSession() ? tokens.issue(principal, Links.SIGN_OUT) : null;
        return new PageLayout(title, section, principal, signOut, live, style, script);
    }

    String render(String template, Object page) {
        StringOutput html = new StringOutput(32_768);
        templates.render(template + ".jte", page, html);
        return html.toString();
    }
}
