using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Images;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/images</c>: the images of this computer, with what their removal frees; pushed from here, and removed.</summary>
internal sealed class ImagesPage(HubImages images, ImageMoves moves, TimeProvider time)
{
    private const int ShortId = 12;

    public Task ShowAsync(HttpContext context) => WriteAsync(context, Html.Empty, StatusCodes.Status200OK);

    public async Task RemoveAsync(HttpContext context)
    {
        var removed = await images.RemoveAsync(context.Caller(), (await Forms.ReadAsync(context)).Field("image"), context.RequestAborted);
        if (removed.Ok) context.SeeOther("/images");
        else await WriteAsync(context, HubPage.Wrong(removed.Fault.Message), removed.Fault.Status);
    }

    public async Task PruneAsync(HttpContext context)
    {
        var pruned = await images.PruneAsync(context.Caller(), (await Forms.ReadAsync(context)).Field("all") == "yes", context.RequestAborted);
        if (!pruned.Ok) await WriteAsync(context, HubPage.Wrong(pruned.Fault.Message), pruned.Fault.Status);
        else await WriteAsync(context, $"""<div class="said" role="status"><p>{Count(pruned.Value.Images)} removed, {Words.Size(pruned.Value.Frees)} are free.</p></div>{pruned.Value.Problems.Select(HubPage.Wrong)}""", StatusCodes.Status200OK);
    }

    /// <summary>A push takes its time: its lines are written into the page as they come.</summary>
    public async Task PushAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var (image, to) = (form.Field("image"), form.Field("to"));
        await HubPage.StreamAsync(context, $"Push {image}", $"""<div class="head"><p class="crumb"><a href="/images">Images</a> ›</p><h1>Push {image}</h1></div><section><h2>To {to}</h2><pre tabindex="0">""", async progress =>
        {
            var pushed = await moves.PushAsync(context.Caller(), image, to, progress, context.RequestAborted);
            return pushed.Ok
                ? (Html)$"""</pre></section><div class="said" role="status"><p>The registry has it as</p><pre tabindex="0">{pushed.Value.Name}@{pushed.Value.Digest}</pre></div>"""
                : $"""</pre></section><p class="wrong" role="alert">{pushed.Fault.Message}</p>""";
        });
    }

    private async Task WriteAsync(HttpContext context, Html said, int status)
    {
        var caller = context.Caller();
        var all = await images.ListAsync(caller, context.RequestAborted);
        if (!all.Ok)
        {
            await HubPage.WriteAsync(context, "Images", $"""<div class="head"><h1>Images</h1></div>{said}<section class="empty"><h2>There are no images</h2><p>{all.Fault.Message}</p></section>""", status);
            return;
        }
        var now = time.GetUtcNow();
        var named = all.Value.Where(image => image.Names.Count > 0).ToList();
        var push = context.Request.Query["push"].ToString();
        await HubPage.WriteAsync(context, "Images", $"""
            <div class="head"><h1>Images</h1></div>{said}{Html.If(named.Any(image => image.Names.Contains(push)), PushForm(push))}
            {(named.Count == 0
                ? Html.Trusted("""<section class="empty"><h2>There are no images</h2><p>A machine that names one fetches it; <code>holdfast image build</code> makes one of a folder, <code>holdfast recipe build</code> of what was installed in a machine.</p></section>""")
                : (Html)$"""
                    <section><h2>On this computer</h2><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Image</th><th scope="col" class="n">Own</th><th scope="col" class="n">Shared</th><th scope="col">Used by</th><th scope="col">Created</th><th scope="col"></th></tr></thead><tbody>{named.Select(image => Row(image, now))}</tbody></table></div>
                    <p class="hint">Removing an image frees what is its own; what it shares, others need. What was built here has no time: the same input gives the same image.</p></section>
                    """)}
            {Html.If(caller.IsAdmin, await UnusedAsync(context, all: false, "Left over", "What builds have left over: a newer image has their name."))}
            {Html.If(caller.IsAdmin, await UnusedAsync(context, all: true, "Unused", "With those that have a name, and no machine, job or container."))}
            """, status);
    }

    private static Html Row(ImageView image, DateTimeOffset now) => $"""
        <tr><td>{image.Names.Select((name, at) => (Html)$"{Html.If(at > 0, Html.Trusted("<br>"))}<code>{name}</code>")}<br><span class="hint">{(image.Digest is { } digest ? (Html)$"""digest <code title="{digest}">{Short(digest)}</code>""" : Html.Trusted("in no registry"))}</span></td>
        <td class="n">{Words.Size(image.Own)}</td><td class="n">{Words.Size(image.Shared)}</td><td>{string.Join(", ", image.UsedBy)}</td><td class="hint">{(image.Created is { } created ? Words.At(created, Words.Ago(created, now)) : Html.Trusted("–"))}</td>
        <td><div class="do"><a class="button" href="/images?push={Uri.EscapeDataString(NameOf(image))}" aria-label="Push {NameOf(image)}">Push</a>{Html.If(image is { IsYours: true, UsedBy.Count: 0 }, AccountPage.Button("/images/remove", "image", image.Id, "Remove"))}</div></td></tr>
        """;

    private static Html PushForm(string image) => $"""
        <section><h2>Push {image}</h2><form class="inline" method="post" action="/images/push"><input type="hidden" name="image" value="{image}"><label>To<input name="to" required size="34" placeholder="registry.example.org/team/leaves:1" autocomplete="off" autocapitalize="none" spellcheck="false"></label><button class="main">Push</button></form>
        <p class="hint">A registry that wants a login gets yours: <code>holdfast image login REGISTRY</code>.</p></section>
        """;

    private async Task<Html> UnusedAsync(HttpContext context, bool all, string title, string about)
    {
        if (!context.Caller().IsAdmin || (await images.UnusedAsync(context.Caller(), all, context.RequestAborted)).Value is not { Images.Count: > 0 } unused) return Html.Empty;
        if (all && unused.Images.All(image => image.Names.Count == 0)) return Html.Empty;
        return $"""
            <section><header><h2>{title}</h2><div class="do"><form method="post" action="/images/prune"><input type="hidden" name="all" value="{(all ? "yes" : "no")}"><button>Remove {Count(unused.Images)}, {Words.Size(unused.Frees)}</button></form></div></header><p class="hint">{about}</p>
            <details><summary>{Count(unused.Images)}</summary><ul>{unused.Images.Select(image => (Html)$"<li><code>{NameOf(image)}</code> <span class=\"hint\">{Words.Size(image.Own)} of its own</span></li>")}</ul></details></section>
            """;
    }

    private static string Count(IReadOnlyList<ImageView> some) => some.Count == 1 ? "1 image" : $"{some.Count} images";

    private static string NameOf(ImageView image) => image.Names is [var first, ..] ? first : Short(image.Id);

    private static string Short(string id) => id["sha256:".Length..][..ShortId];
}
