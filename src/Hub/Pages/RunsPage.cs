using System.Globalization;
using Holdfast.Hub.Activity;
using Holdfast.Hub.Pages.Charts;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/runs</c>: what works in all machines, since when and how far. Made for a phone first.</summary>
internal sealed class RunsPage(MachineRuns runs, HubHosts hosts, TimeProvider time)
{
    public async Task ShowAsync(HttpContext context)
    {
        var list = await runs.ReadAsync(context.Caller(), context.RequestAborted);
        var (busy, done) = (list.Runs.Where(IsBusy).ToList(), list.Runs.Where(run => !IsBusy(run) && run.State != "idle").ToList());
        await HubPage.WriteAsync(context, "Runs", $"""
            <div class="head"><h1>Runs</h1></div>
            {Html.If(list.Silent.Count > 0, $"""<p class="warn" role="status">{string.Join(", ", list.Silent)} {(list.Silent.Count == 1 ? "does" : "do")} not answer now.</p>""")}
            {Html.If(busy.Count + done.Count == 0, $"""<section class="empty">{Icons.Runs}<h2>Nothing runs</h2><p>A cell, a notebook or a command that works in any of your machines is shown here, with how far it is. Close the page: it works on.</p><p><a class="button main" href="/">Machines</a></p></section>""")}
            {busy.Select(run => Card(context, run))}
            {Html.If(done.Count > 0, $"""<h2 class="between">Ended</h2>{done.Select(run => Card(context, run))}""")}
            """);
    }

    private Html Card(HttpContext context, RunView run) => $"""
        <article class="machine run {Colour(run.State)}" id="{run.Machine}-{run.Id}"><div><h2>{run.Name} <span class="state {Colour(run.State)}">{(run.State == "asks" ? "waits for an answer" : run.State)}</span></h2>
        <p class="facts">{Facts(run).Select(fact => (Html)$"<span>{fact}</span>")}</p>{Html.If(run.LastLine is { Length: > 0 }, $"<pre>{run.LastLine}</pre>")}{Html.If(run.Note is not null, $"<p>{run.Note}</p>")}</div>
        <div class="at">{Html.If(run.Progress is not null, $"""<span class="n">{Words.Percent(run.Progress ?? 0)}</span>{Bars.Of(run.Progress ?? 0)}""")}<a class="button" href="{hosts.AddressFor(context.Request, run.Machine)}/lab{(run.Name.EndsWith(".ipynb", StringComparison.Ordinal) ? $"/tree/{string.Join('/', run.Name.Split('/').Select(Uri.EscapeDataString))}" : "")}">Open</a></div></article>
        """;

    private IEnumerable<string> Facts(RunView run)
    {
        var now = time.GetUtcNow();
        yield return run.Machine;
        if (run.Cell is { } cell) yield return string.Create(CultureInfo.InvariantCulture, $"cell {cell}{(run.Cells is { } all ? $" of {all}" : "")}{(run.Description is { Length: > 0 } words ? $": {words}" : "")}");
        else if (run.Description is { Length: > 0 } command) yield return command;
        if (run.Started is { } started) yield return IsBusy(run) ? $"for {Words.Span(now - started)}" : $"began {Words.Ago(started, now)}";
        if (run.LastOutput is { } last) yield return $"last output {Words.Ago(last, now)}";
        if (run.Cpu is > 0 and var cpu) yield return $"{Words.Number(cpu)} processors";
        if (run.Memory is > 0 and var memory) yield return Words.Size(memory);
        if (run.GpuMemory is > 0 and var gpu) yield return $"{Words.Size(gpu)} on GPUs";
    }

    private static bool IsBusy(RunView run) => run.State is "running" or "asks";

    private static string Colour(string state) => state switch { "running" => "running", "asks" => "safe", "failed" or "died" => "failed", _ => "stopped" };
}
