using System.CommandLine;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Events;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast events</c>: what happened.</summary>
internal static class EventsVerb
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what happens, until Ctrl-C." };
        var machine = new Option<string?>("--machine") { Description = "Of this machine only.", HelpName = "NAME" };
        var most = new Option<int>("-n", "--most") { Description = "The newest so many, at most 1000. Default 50.", HelpName = "COUNT", DefaultValueFactory = _ => 50 };
        var format = Output.Format("json, with -f a line for each");
        return Asking.Verb("events", "Show what happened to machines, volumes, budgets and the hub: all for administrators, else what is yours.", async (parse, hub, cancellationToken) =>
        {
            var (name, count, json) = (parse.GetValue(machine), parse.GetValue(most), parse.GetValue(format) == "json");
            // None of before is a wish only where there is something to follow.
            var reply = await hub.GetAsync($"events?most={(parse.GetValue(follow) && count == 0 ? 1 : count)}{Of(name, '&')}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (!parse.GetValue(follow) && json) return reply.WriteJson();
            var events = reply.Read(HubJson.Default.HubEventArray);
            Array.Reverse(events);
            foreach (var happened in events.TakeLast(count)) Write(happened, json);
            if (!parse.GetValue(follow))
            {
                if (events.Length == 0) Console.WriteLine("Nothing has happened yet.");
                return 0;
            }
            return await FollowAsync(hub, name, events.Length > 0 ? events[^1].Id : 0, json, cancellationToken);
        }, follow, machine, most, format);
    }

    /// <summary>Goes on after an id; a hub that is started anew is waited for, and nothing is missed meanwhile.</summary>
    private static async Task<int> FollowAsync(HubClient hub, string? machine, long after, bool json, CancellationToken cancellationToken)
    {
        var isSaid = false;
        while (true)
        {
            try
            {
                var (response, fault) = await hub.StreamAsync(HttpMethod.Get, $"events{Of(machine, '?')}", cancellationToken, after);
                if (response is null) return Asking.Fail(fault!);
                isSaid = false;
                using (response)
                {
                    await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
                    await foreach (var item in SseParser.Create(stream, (_, data) => Encoding.UTF8.GetString(data)).EnumerateAsync(cancellationToken))
                    {
                        var happened = JsonSerializer.Deserialize(item.Data, HubJson.Default.HubEvent)!;
                        Write(happened, json);
                        after = happened.Id;
                    }
                }
            }
            catch (IOException e) when (e.HResult != StandardOutput.ReaderGone)
            {
                // The hub has ended, or the network.
                if (!isSaid) Output.Fail($"{Output.Sentence(e.Message)} Waiting for it.");
                isSaid = true;
            }
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static void Write(HubEvent happened, bool json)
    {
        var line = json ? JsonSerializer.Serialize(happened, HubJson.Default.HubEvent)
            : $"{Output.Clock(happened.Time, TimeProvider.System),-16}  {happened.Kind,-16}  {MachineTexts.Plain(happened.Text)}";
        // 'events -f | head' ends when its reader has gone.
        using var stdout = new StandardOutput();
        stdout.Write(Encoding.UTF8.GetBytes(line + "\n"));
    }

    private static string Of(string? machine, char before) => machine is null ? "" : $"{before}machine={Uri.EscapeDataString(machine)}";
}
