using System.Diagnostics;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Lab.Contents;
using Holdfast.Lab.Http;
using Holdfast.Lab.Kernels;
using Holdfast.Lab.Kernels.Channels;
using Holdfast.Lab.Recording;
using Holdfast.Lab.Terminals;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Status;

/// <summary><c>/metrics</c>; docs/metrics.md lists the names. Those without <c>holdfast_</c> are jupyter_server's and the client libraries' own.</summary>
internal static class Metrics
{
    /// <summary>The states that are told of even when no kernel is in them; a graph needs a line at zero.</summary>
    private static readonly string[] States = ["starting", "idle", "busy", "restarting", "dead"];

    /// <summary>A keeper that does not answer must not hold up who watches.</summary>
    private static readonly TimeSpan KeeperLimit = TimeSpan.FromSeconds(2);

    public static async Task ShowAsync(HttpContext context, LabActivity activity)
    {
        var services = context.RequestServices;
        var text = new MetricsText();
        using (var process = Process.GetCurrentProcess())
        {
            text.Gauge("process_resident_memory_bytes", "Memory of the lab's process in use.", Environment.WorkingSet);
            text.Counter("process_cpu_seconds_total", "Processor time of the lab's process.", process.TotalProcessorTime.TotalSeconds);
        }
        text.Gauge("process_start_time_seconds", "When the lab started, in seconds since 1970.", activity.Started.ToUnixTimeSeconds());
        text.Gauge("holdfast_last_activity_seconds", "When somebody last asked the lab for something, in seconds since 1970.", activity.Last.ToUnixTimeSeconds());
        text.Counter("holdfast_notebook_saves_total", "Notebooks saved by pages and programs.", services.GetRequiredService<NotebookSaving>().Saves);
        if (services.GetService<LabKernels>() is { } kernels)
            WriteKernels(text, kernels, services);
        if (services.GetService<KeeperClient>() is { } keeper)
            await WriteKeeperAsync(text, keeper, context.RequestAborted);
        context.Response.ContentType = MetricsText.ContentType;
        await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }

    private static void WriteKernels(MetricsText text, LabKernels kernels, IServiceProvider services)
    {
        var all = kernels.All.ToList();
        var pages = services.GetRequiredService<KernelPages>();
        var traffic = services.GetRequiredService<ChannelServices>().Traffic;
        text.Gauge("kernel_currently_running_total", "Kernels of this lab's folder, by kernelspec.", "type", all.GroupBy(kernel => kernel.SpecName).Select(group => (group.Key, (double)group.Count())));
        text.Gauge("terminal_currently_running_total", "Terminals of this lab's folder.", services.GetService<LabTerminals>()?.All.Count() ?? 0);
        text.Gauge("holdfast_kernels", "Kernels of this lab's folder, by what they do.", "state",
            States.Union(all.Select(kernel => kernel.ExecutionState)).Select(state => (state, (double)all.Count(kernel => kernel.ExecutionState == state))));
        text.Gauge("holdfast_sessions", "Sessions of this lab's folder.", all.Sum(kernel => kernel.Sessions.Count));
        text.Gauge("holdfast_pages", "Open WebSockets of kernels.", pages.Total);
        text.Gauge("holdfast_page_lag_messages", "How many records of its kernel the slowest page has not been sent yet.", pages.All.Select(page => page.Lag).DefaultIfEmpty().Max());
        text.Counter("holdfast_page_messages_total", "Messages over the WebSockets of kernels.", "direction", [("to_page", traffic.Out.Messages), ("from_page", traffic.In.Messages)]);
        text.Counter("holdfast_page_bytes_total", "Bytes of these messages.", "direction", [("to_page", traffic.Out.Bytes), ("from_page", traffic.In.Bytes)]);
        text.Gauge("holdfast_journal_bytes", "Size of the journals of the kernels that run.", all.Sum(kernel => JournalRetention.BytesOf(kernel.JournalFolder)));
        if (services.GetService<Recorder>() is { } recorder)
        {
            text.Counter("holdfast_recorder_writes_total", "Notebooks that the recorder has written outputs into.", recorder.Writes);
            text.Counter("holdfast_recorder_failures_total", "Times that it could not.", recorder.Failures);
        }
    }

    private static async Task WriteKeeperAsync(MetricsText text, KeeperClient keeper, CancellationToken cancellationToken)
    {
        text.Gauge("holdfast_keeper_info", "1, with the keeper's release.", "version", [(keeper.KeeperVersion ?? "older", keeper.KeeperProcessId == 0 ? 0 : 1)]);
        text.Gauge("holdfast_keeper_start_time_seconds", "When the keeper started, in seconds since 1970.", keeper.KeeperStarted.ToUnixTimeSeconds());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(KeeperLimit);
        try
        {
            // An older keeper counts nothing, and then these are missing.
            if (await keeper.MeasureAsync(limit.Token) is not { Ok: true, Value: { } measures })
                return;
            text.Gauge("holdfast_keeper_resident_memory_bytes", "Memory of the keeper's process in use.", measures.ResidentBytes);
            text.Counter("holdfast_journal_records_total", "Records that the keeper has written, of all folders.", measures.Records);
            text.Counter("holdfast_journal_written_bytes_total", "Their bytes.", measures.Bytes);
            text.Histogram("holdfast_journal_sync_seconds", "How long journals took to be synced to the disk.", JournalMeasures.SyncBounds, measures.Syncs, measures.SyncSeconds);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }
}
