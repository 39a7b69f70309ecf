using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Tests.Activity;

public sealed class AutoStopSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-hub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_AutoStopAndWebhook_AreThere()
    {
        var settings = Read("auto_stop: {idle: 2h, limit: never, on_loss: keep}\nwebhook: https://chat.example.org/hook/x\n").Value!;

        Assert.Equal(new AutoStop(TimeSpan.FromHours(2), null, OnLoss.Keep), settings.AutoStop);
        Assert.Equal("https://chat.example.org/hook/x", settings.Webhook?.AbsoluteUri);
        Assert.Equal((new AutoStop(), null), (Read("currency: EUR\n").Value!.AutoStop, Read("currency: EUR\n").Value!.Webhook));
    }

    [Theory]
    [InlineData("auto_stop:\n  idel: 2h\n", "line 2: there is no auto_stop.idel. Did you mean 'idle'?")]
    [InlineData("auto_stop:\n  idle: 5s\n", "line 2: auto_stop.idle is a span of time from 1m, as 90m or 2h, or never, not '5s'.")]
    [InlineData("auto_stop:\n  idle: 2h\n  on_loss: loose\n", "line 3: auto_stop.on_loss is stop, keep, wait, not 'loose'.")]
    [InlineData("webhook: chat\n", "line 1: webhook is an address that begins with http:// or https://.")]
    public void Read_AMistake_NamesLineAndField(string text, string message) => Assert.EndsWith(message, Read(text).Fault?.Message, StringComparison.Ordinal);

    [Fact]
    public void Rule_OfAMachine_IsItsOwnBeforeTheHubs()
    {
        var settings = new HubSettings { AutoStop = new AutoStop(TimeSpan.FromHours(2), TimeSpan.FromHours(24), OnLoss.Keep) };
        var spec = new MachineSpec { Name = "leaves" };

        Assert.Equal(settings.AutoStop, AutoStop.Of(spec, settings));
        Assert.Equal(new AutoStop(null, TimeSpan.FromHours(1), OnLoss.Stop), AutoStop.Of(spec with { IdleTimeout = TimeSpan.Zero, TimeLimit = TimeSpan.FromHours(1), OnLoss = OnLoss.Stop }, settings));
    }

    private HubResult<HubSettings> Read(string text)
    {
        var file = Path.Combine(_folder, "hub.yaml");
        File.WriteAllText(file, text);
        return HubSettings.Read(file);
    }
}
