using Holdfast.Hub.Activity;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Tests.Api;

namespace Holdfast.Hub.Tests.Activity;

/// <summary>What machines use, and what the API says of them.</summary>
public sealed class UsageTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Samples_OfADay_AreOneAMinuteAndOfAWeekOneForTen()
    {
        await using var place = new ActivityPlace();
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves", start: false);
        var samples = place.Hub.Service<UsageSamples>();
        // The hub's own look lets go of old ones, too: not meanwhile.
        await place.LookAsync();
        var now = DateTimeOffset.FromUnixTimeSeconds(place.Now.ToUnixTimeSeconds() / 600 * 600);
        samples.Add([.. Enumerable.Range(0, 9 * 24 * 60).Select(minute => (machine.Id, new UsageSample(now - (minute * Minute), minute % 10, 1000, 0.5, null)))]);
        samples.Add([("m00000000", new UsageSample(now, 1, 1, null, null))]);

        samples.Thin(now);
        samples.Thin(now);

        var kept = samples.Read(machine.Id, DateTimeOffset.UnixEpoch);
        Assert.Equal((6 * 144) + 1441, kept.Count);
        Assert.All(kept.Where(sample => sample.Time < now - TimeSpan.FromDays(1)), sample => Assert.Equal((4.5, 1000L, 0.5, null), (sample.Cpu, sample.Memory, sample.Gpu, sample.GpuMemory)));
        Assert.Empty(samples.Read("m00000000", DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public async Task Gpu_AtWork_KeepsAMachineAndIsInItsSamples()
    {
        var folder = Directory.CreateTempSubdirectory("hf-smi-").FullName;
        var (path, program) = (Environment.GetEnvironmentVariable("PATH"), Path.Combine(folder, "nvidia-smi"));
        await File.WriteAllTextAsync(program, $"#!/bin/sh\ncat {folder}/says\n", TestHub.Cancellation);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(Path.Combine(folder, "says"), "0, 80, 1000\n1, 0, 3\n", TestHub.Cancellation);
        try
        {
            Environment.SetEnvironmentVariable("PATH", $"{folder}:{path}");
            await using var place = new ActivityPlace(change: settings => settings with { Gpus = 2, Types = [new MachineType("gpu", null, null, 1, null, 0)] });
            await place.Hub.StartAsync();
            var machine = await place.Hub.CreateAsync("leaves");
            await place.Hub.CreateAsync("other");

            var busy = await place.SeeAsync("leaves", activity => activity.Busy is [{ Kind: "gpu" }]);
            Assert.Equal(("GPU at 80 %", 0.8, 1000L << 20), (busy.Busy[0].Name, busy.Gpu, busy.GpuMemory));
            await place.SeeIdleAsync("other");
            await place.AdvanceAsync(3 * TimeSpan.FromHours(1));
            Assert.Null(place.ActivityOf("leaves").StopsAt);
            await place.AdvanceAsync(Minute);
            await place.SeeAsync("leaves", _ => place.Hub.Service<UsageSamples>().Read(machine.Id, DateTimeOffset.UnixEpoch) is [.., { Gpu: 0.8, GpuMemory: 1000L << 20 }]);
            await File.WriteAllTextAsync(Path.Combine(folder, "says"), "0, 5, 1000\n1, 0, 3\n", TestHub.Cancellation);
            await place.SeeIdleAsync("leaves");
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Api_OfAMachineAtWork_SaysWhatItDoesAndWhenItStops()
    {
        await using var place = new ActivityPlace();
        await place.Hub.StartAsync();
        using var api = new ApiClient(place.Hub);
        Assert.Equal(400, (await api.PostAsync("machines", """{"name":"leaves","idle_timeout":5}""")).Status);
        Assert.Contains("on_loss is stop, keep, wait, not 'kep'", (await api.PostAsync("machines", """{"name":"leaves","on_loss":"kep"}""")).Message, StringComparison.Ordinal);
        Assert.Equal(201, (await api.PostAsync("machines", """{"name":"leaves","idle_timeout":5400,"time_limit":0,"on_loss":"keep"}""")).Status);
        Assert.Equal(409, (await api.PostAsync("machines/leaves/extend", """{"seconds":7200}""")).Status);
        var machine = await place.Hub.StartAsync("leaves");
        using var lab = new MachineLab(place.Hub, machine);
        using var terminal = await lab.OpenTerminalAsync();
        await MachineLab.TypeAsync(terminal, "printf 'Epoch 1:  42%%|####'; sleep 1000\r");
        await place.SeeAsync("leaves", activity => activity.Busy is [{ Kind: "terminal" }]);

        var busy = (await api.GetAsync("machines/leaves")).Json;
        Assert.Equal(("sleep 1000", 5400), (busy.GetProperty("activity").GetProperty("busy")[0].GetProperty("name").GetString(), busy.GetProperty("idle_timeout").GetDouble()));
        // Of one that runs only this may be changed.
        Assert.Equal((200, 409), ((await api.SendAsync(HttpMethod.Patch, "machines/leaves", """{"idle_timeout":7200}""")).Status, (await api.SendAsync(HttpMethod.Patch, "machines/leaves", """{"git":"x"}""")).Status));

        var runs = (await api.GetAsync("runs")).Json;
        var run = Assert.Single(runs.GetProperty("runs").EnumerateArray());
        Assert.Equal(("leaves", "running", 0.42), (run.GetProperty("machine").GetString(), run.GetProperty("state").GetString(), run.GetProperty("progress").GetDouble()));
        Assert.Empty(runs.GetProperty("silent").EnumerateArray());
        await MachineLab.TypeAsync(terminal, "\u0003");
        await place.SeeIdleAsync("leaves");

        var extended = await api.PostAsync("machines/leaves/extend", """{"seconds":14400}""");
        Assert.Equal((200, 14400), (extended.Status, extended.Json.GetProperty("activity").GetProperty("time_left").GetDouble()));
        Assert.Equal(400, (await api.PostAsync("machines/leaves/extend", """{"seconds":1}""")).Status);
        await place.AdvanceAsync(Minute);
        await place.SeeAsync("leaves", _ => place.Hub.Service<UsageSamples>().Read(machine.Id, DateTimeOffset.UnixEpoch).Count > 0);
        var sample = (await api.GetAsync("machines/leaves/usage")).Json.EnumerateArray().Last();
        Assert.True(sample.GetProperty("memory").GetInt64() > 1_000_000);
        Assert.Equal("[]", (await api.GetAsync($"machines/leaves/usage?since={Uri.EscapeDataString(place.Now.AddMinutes(5).ToString("o"))}")).Text);
        Assert.Equal((400, 404), ((await api.GetAsync("machines/leaves/usage?since=x")).Status, (await api.GetAsync("machines/none/usage")).Status));

        Assert.Equal("""{"url":null}""", (await api.GetAsync("me/webhook")).Text);
        Assert.Equal((400, 204), ((await api.SendAsync(HttpMethod.Put, "me/webhook", """{"url":"ftp://x"}""")).Status, (await api.SendAsync(HttpMethod.Put, "me/webhook", """{"url":"http://127.0.0.1:1/x"}""")).Status));
        Assert.Equal("""{"url":"http://127.0.0.1:1/x"}""", (await api.GetAsync("me/webhook")).Text);
        Assert.Equal((204, """{"url":null}"""), ((await api.SendAsync(HttpMethod.Delete, "me/webhook", null)).Status, (await api.GetAsync("me/webhook")).Text));
    }
}
