using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;

namespace Holdfast.Cli.Hub;

/// <summary>Follows jobs to their end. A hub that is started anew is waited for: jobs go on without it.</summary>
internal static class JobWatch
{
    /// <summary>The exit code when the platform is why a job failed, or why nobody knows.</summary>
    public const int Platform = 125;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>What a job ends with: the command's own exit code, 128 and a signal's number, 125 for the platform.</summary>
    public static int ExitOf(JobRecord job) => job.State == JobState.Succeeded ? 0 : job.ExitCode is { } code and not 0 ? code : Platform;

    /// <summary>Waits for the end of a job; null after it was said why that cannot be.</summary>
    /// <param name="hub">Where it is.</param>
    /// <param name="id">Its id, or its name.</param>
    /// <param name="changed">Is told of each change.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<JobView?> EndAsync(HubClient hub, string id, Action<JobView> changed, CancellationToken cancellationToken)
    {
        JobView? last = null, told = null;
        await AgainAsync(async there =>
        {
            // A name is that of the newest job: it may be another one's the next time.
            var (response, fault) = await hub.StreamAsync(HttpMethod.Get, JobVerb.PathOf(last?.Job.Id ?? id, "/events"), cancellationToken);
            if (response is null)
            {
                Asking.Fail(fault!);
                return true;
            }
            there();
            using (response)
            {
                await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
                await foreach (var item in SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize(data, HubJson.Default.JobView)!).EnumerateAsync(cancellationToken))
                {
                    last = item.Data;
                    if (told is null || !IsAnotherTry(told.Job, last.Job) && JobTexts.Line(last) != JobTexts.Line(told)) changed(told = last);
                }
            }
            return last?.Job.IsOver == true;
        }, cancellationToken);
        return last?.Job.IsOver == true ? last : null;
    }

    /// <summary>Writes what a job has said, from a byte on, to standard output; with follow to its end.</summary>
    public static async Task<int> LogAsync(HubClient hub, string id, long from, bool follow, CancellationToken cancellationToken)
    {
        await using var stdout = new StandardOutput();
        var code = 0;
        var wasThere = await AgainAsync(async there =>
        {
            var (response, fault) = await hub.StreamAsync(HttpMethod.Get, JobVerb.PathOf(id, $"/logs?from={from}&follow={(follow ? "true" : "false")}"), cancellationToken);
            if (response is null)
            {
                code = Asking.Fail(fault!);
                return true;
            }
            there();
            using (response)
            {
                await using var text = await response.Content.ReadAsStreamAsync(cancellationToken);
                var buffer = new byte[64 << 10];
                while (await text.ReadAsync(buffer, cancellationToken) is > 0 and var count)
                {
                    stdout.Write(buffer.AsSpan(0, count));
                    from += count;
                }
            }
            if (!follow) return true;
            // The hub ends answers when it ends itself.
            var reply = await hub.GetAsync(JobVerb.PathOf(id), cancellationToken);
            return reply.Fault is not null || reply.Read(HubJson.Default.JobView) is { Job.IsOver: true } view && from >= view.LogLength;
        }, cancellationToken);
        return wasThere ? code : 1;
    }

    /// <summary>What waits for something that is not there is tried again and again: news is what comes of it.</summary>
    private static bool IsAnotherTry(JobRecord told, JobRecord now) => told is { State: JobState.Queued, Message: not null } && now is { State: JobState.Preparing, Message: null };

    /// <summary>Does something until it says that it is done, again and again when the hub goes away meanwhile; false after it was said that it was not there at all.</summary>
    private static async Task<bool> AgainAsync(Func<Action, Task<bool>> isDone, CancellationToken cancellationToken)
    {
        for (var (isSaid, wasThere) = (false, false); ; await Task.Delay(Pause, cancellationToken))
        {
            try
            {
                if (await isDone(() => (isSaid, wasThere) = (false, true))) return true;
            }
            catch (IOException e) when (e.HResult != StandardOutput.ReaderGone)
            {
                if (!isSaid) Output.Fail(wasThere ? $"{Output.Sentence(e.Message)} Waiting for it; the job goes on." : e.Message);
                if (!wasThere) return false;
                isSaid = true;
            }
        }
    }
}
