using Holdfast.Hub.Api;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Pages.Charts;
using Holdfast.Hub.People;
using Holdfast.Hub.Stores;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/doctor</c>: whether engines, stores, disk and the team's hook are well, each with its mend. For administrators.</summary>
internal sealed class DoctorPage(EngineChecks engines, StoreClients stores, HubFolders folders, HubSettings settings, HookApprovals approvals)
{
    public Task ShowAsync(HttpContext context) => WriteAsync(context, Html.Empty, StatusCodes.Status200OK);

    /// <summary>Approves the text of the team's hook that the page has shown.</summary>
    public async Task ApproveAsync(HttpContext context)
    {
        var hash = (await Forms.ReadAsync(context)).Field("hash");
        var approved = approvals.Approve(context.Caller(), hash);
        if (approved.Ok) context.SeeOther("/doctor");
        else await WriteAsync(context, HubPage.Wrong(approved.Fault.Message), approved.Fault.Status);
    }

    private async Task WriteAsync(HttpContext context, Html said, int status)
    {
        if (!context.Caller().IsAdmin)
        {
            await HubPage.WriteFaultAsync(context, Persons.NotYours);
            return;
        }
        var disk = new DriveInfo(folders.Root);
        var full = 1 - (double)disk.AvailableFreeSpace / disk.TotalSize;
        await HubPage.WriteAsync(context, "Doctor", $"""
            <div class="head"><h1>Doctor</h1></div>{said}
            <section><h2>Engines</h2>{(await engines.LookAsync(context.RequestAborted)).Select(engine => (Html)$"""<h3>{(engine.Name == "host" ? "This computer (host)" : engine.Name)}</h3>{(engine.Problems.Count == 0 ? Html.Trusted($"<p class=\"good\">✓ {(engine.Name == "slurm" ? "Jobs and machines" : "Machines")} can run.</p>") : (Html)$"<ul>{engine.Problems.Select(fault => (Html)$"<li class=\"bad\">{fault}</li>")}</ul>")}""")}</section>
            <section><h2>Disk</h2><p>{Words.Size(disk.AvailableFreeSpace)} of {Words.Size(disk.TotalSize)} are free.</p>{Bars.Of(full, full > 0.99 ? "cbad" : full > 0.9 ? "cwait" : "c1", "meter")}</section>
            {await StoresAsync(context)}
            {Hook()}
            <section><h2>Types of machines</h2><div class="scroll" tabindex="0"><table class="same"><thead><tr><th scope="col">Type</th><th scope="col" class="n">Processors</th><th scope="col" class="n">Memory</th><th scope="col" class="n">GPUs</th><th scope="col" class="n">An hour</th></tr></thead><tbody>{settings.Types.Select(type => (Html)$"""<tr><td>{type.Name}</td><td class="n">{(type.Processors is { } processors ? Words.Number(processors) : "all")}</td><td class="n">{(type.Memory is { } memory ? Words.Size(memory) : "all")}</td><td class="n">{type.Gpus}</td><td class="n">{Words.Price(type.Price, settings.Currency)}</td></tr>""")}</tbody></table></div><p class="hint">They are configured in hub.yaml of the data folder.</p></section>
            """, status);
    }

    private async Task<Html> StoresAsync(HttpContext context)
    {
        if (stores.All.Count == 0) return Html.Empty;
        var looks = await Task.WhenAll(stores.All.Select(store => StatusApi.LookAsync(stores, store, context.Caller().Name, context.RequestAborted)));
        return $"""<section><h2>Object storage</h2>{looks.Select(look => (Html)$"""<h3>{look.Name}</h3>{(look.Problem is { } problem ? (Html)$"<p class=\"bad\">{problem}</p>" : $"<p class=\"good\">✓ {look.Place} answers.</p>")}""")}</section>""";
    }

    private Html Hook()
    {
        if (approvals.Current() is not { } text) return Html.Trusted("""<section><h2>The team's start-up script</h2><p class="hint">There is none: /storage/pre-run.sh would run in everybody's machine before the lab, once an administrator has approved it.</p></section>""");
        if (approvals.IsApproved(text)) return $"""<section><h2>The team's start-up script</h2><p class="good">✓ Approved; it runs in everybody's machine.</p><details><summary>/storage/pre-run.sh</summary><pre tabindex="0">{text}</pre></details></section>""";
        return $"""
            <section><h2>The team's start-up script</h2><p class="warn">It has changed and does not run: whoever can write /storage can write it. Read what is new, then approve it.</p>
            <pre class="diff" tabindex="0">{LineDiff.Of(approvals.Last() ?? "", text).Select(Line)}</pre>
            <form class="do" method="post" action="/doctor/hook"><input type="hidden" name="hash" value="{HookApprovals.HashOf(text)}"><button class="main">Approve this text</button></form></section>
            """;

        static Html Line(string line) => line switch
        {
            ['+', ..] => $"<ins>{line}</ins>\n",
            ['-', ..] => $"<del>{line}</del>\n",
            _ => $"{line}\n",
        };
    }
}
