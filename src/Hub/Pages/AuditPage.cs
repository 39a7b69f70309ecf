using System.Globalization;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/people/log</c>, for administrators: who did what.</summary>
internal sealed class AuditPage(AuditLog audit)
{
    private const int AtOnce = 100;

    public Task ShowAsync(HttpContext context)
    {
        if (!context.Caller().IsAdmin) return HubPage.WriteFaultAsync(context, Persons.NotYours);
        string? Asked(string name) => context.Request.Query[name].ToString().Trim() is { Length: > 0 } text ? text : null;
        var filter = new AuditFilter(Asked("person"), Asked("action"), Asked("subject"));
        long? before = long.TryParse(Asked("before"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        var lines = audit.Read(before, AtOnce, filter);
        var more = lines.Count == AtOnce
            ? string.Create(CultureInfo.InvariantCulture, $"/people/log?before={lines[^1].Id}&person={Uri.EscapeDataString(filter.Person ?? "")}&action={Uri.EscapeDataString(filter.Action ?? "")}&subject={Uri.EscapeDataString(filter.Subject ?? "")}")
            : null;
        return HubPage.WriteAsync(context, "Audit log", $"""
            <div class="head"><p class="crumb"><a href="/people">People</a> ›</p><h1>Audit log</h1></div>
            <section><form class="inline" method="get" action="/people/log"><label>Person<input name="person" value="{filter.Person}" autocapitalize="none" autocomplete="off"></label><label>Action<input name="action" value="{filter.Action}" placeholder="machine, hook.approve" autocapitalize="none" autocomplete="off"></label><label>Subject<input name="subject" value="{filter.Subject}" autocapitalize="none" autocomplete="off"></label><button>Show</button></form></section>
            {(lines.Count == 0
                ? Html.Trusted("""<section class="empty"><h2>No line</h2><p>Nobody has done anything that fits.</p></section>""")
                : (Html)$"""<section><div class="scroll" tabindex="0"><table class="same"><thead><tr><th scope="col">When (UTC)</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Of what</th><th scope="col"></th></tr></thead><tbody>{lines.Select(Line)}</tbody></table></div></section>""")}
            {Html.If(more is not null, $"""<p><a class="button" href="{more}">Older ones</a></p>""")}
            """);
    }

    private static Html Line(AuditLine line) => $"""
        <tr><td class="time">{line.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}</td><td>{line.Person ?? "the hub"}</td><td><code>{line.Action}</code></td><td>{line.Subject}</td><td class="hint">{(line.Detail is { Length: 64 } hash ? hash[..12] : line.Detail)}</td></tr>
        """;
}
