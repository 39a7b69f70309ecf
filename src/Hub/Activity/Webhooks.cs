using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Hub.Database;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Activity;

/// <summary>What an address is told.</summary>
/// <param name="Event"><c>run_ended</c>, <c>run_failed</c>, <c>machine_stopped</c> (by the hub), <c>machine_failed</c> (by itself), <c>auto_stop_waits</c>, <c>job_succeeded</c> or <c>job_failed</c>.</param>
/// <param name="Machine">The machine's name; null of a job.</param>
/// <param name="Text">All of it in a line, as chat services show it.</param>
internal sealed record WebhookNotice(string Event, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Machine, string Text)
{
    /// <summary>Whose machine or job it is.</summary>
    public string? Owner { get; init; }
    /// <summary>When.</summary>
    public DateTimeOffset? Time { get; init; }
    /// <summary>Of a job: its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Job { get; init; }
    /// <summary>Why, one of <see cref="MachineReason"/> or <see cref="JobReason"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
    /// <summary>Of a run: the notebook, or the command; of a job its name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Run { get; init; }
    /// <summary>Of a run: done, failed, stopped, died or ended; of a job succeeded, failed or timed_out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? State { get; init; }
    /// <summary>Of a run or job: when it began.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Started { get; init; }
    /// <summary>Of a run: the last line that it put out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastLine { get; init; }
}

/// <summary>Addresses that are told of machines and jobs, and what they are still to be told, which outlives this hub. Addresses of webhooks are secrets: only their person sees them, and no log.</summary>
internal sealed class Webhooks(HubDatabase database, HubSettings settings, TimeProvider time) : IMachineObserver, IJobObserver
{
    private const int LongestAddress = 2000, MostWaiting = 1000;

    /// <summary>Something is to be told.</summary>
    public SemaphoreSlim Waiting { get; } = new(0);

    /// <summary>An address that can be told; null when it is none.</summary>
    public static Uri? Address(string? text) =>
        text is { Length: <= LongestAddress } && Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;

    /// <summary>Who is told of a person's machines; null for nobody.</summary>
    public string? Of(string person) => database.Value("SELECT url FROM webhooks WHERE person = $person", ("$person", person)) as string;

    /// <summary>Has an address be told of the caller's machines; null for none any more.</summary>
    public HubResult<bool> Set(Caller caller, string? url)
    {
        if (url is null) return database.Execute("DELETE FROM webhooks WHERE person = $person", ("$person", caller.Name)) > 0;
        if (Address(url) is null) return new HubFault("bad-request", "The url is an address that begins with http:// or https://.");
        database.Execute("INSERT OR REPLACE INTO webhooks VALUES ($person, $url)", ("$person", caller.Name), ("$url", url));
        return true;
    }

    /// <summary>Tells all who are to be told of a machine.</summary>
    public void Tell(MachineRecord machine, WebhookNotice notice) => Tell(machine.Owner, notice);

    private void Tell(string owner, WebhookNotice notice)
    {
        string?[] addresses = [settings.Webhook?.AbsoluteUri, Of(owner)];
        var body = JsonSerializer.Serialize(notice with { Owner = owner, Time = time.GetUtcNow() }, ActivityJson.Default.WebhookNotice);
        foreach (var url in addresses.OfType<string>().Distinct())
        {
            database.Execute("INSERT INTO notices (url, body, attempts, due) VALUES ($url, $body, 0, $due)", ("$url", url), ("$body", body), ("$due", time.GetUtcNow().ToUnixTimeMilliseconds()));
            database.Execute("DELETE FROM notices WHERE id <= (SELECT max(id) FROM notices) - $most", ("$most", MostWaiting));
            Waiting.Release();
        }
    }

    /// <inheritdoc />
    public void Changed(MachineRecord before, MachineRecord now)
    {
        var name = now.Spec.Name;
        if (now.State == MachineState.Stopped && before.State != now.State && now.Reason is MachineReason.IdleTimeout or MachineReason.TimeLimit)
            Tell(now, new WebhookNotice("machine_stopped", name, $"{name}: {now.Message}") { Reason = now.Reason });
        else if (now.State == MachineState.Failed && before.State != now.State)
            Tell(now, new WebhookNotice("machine_failed", name, $"{name}: {now.Message ?? now.Reason}") { Reason = now.Reason });
        else if (now.Notice is { Kind: MachineNotice.AutoStopWaits } waits && before.Notice?.Kind != waits.Kind)
            Tell(now, new WebhookNotice(MachineNotice.AutoStopWaits, name, $"{name}: {waits.Text}"));
    }

    /// <inheritdoc />
    public void Changed(JobRecord before, JobRecord now)
    {
        // Parts are told of as one; who has cancelled it knows.
        if (!now.IsOver || now.Parent is not null || now.State == JobState.Cancelled) return;
        Tell(now.Owner, new WebhookNotice(now.State == JobState.Succeeded ? "job_succeeded" : "job_failed", null, $"{now.Spec.Name} ({now.Id}) {JobWords.Happened(now)}")
        {
            Job = now.Id,
            Run = now.Spec.Name,
            State = JobWords.Of(now.State),
            Reason = now.Reason,
            Started = now.Started,
        });
    }
}
