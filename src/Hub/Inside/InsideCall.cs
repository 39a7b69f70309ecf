using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Proxy;

namespace Holdfast.Hub.Inside;

/// <summary>Has this program do something within a machine: an order on its stdin, an answer on its stdout, both JSON.</summary>
internal static class InsideCall
{
    private const int LongestAnswer = 4 << 20;

    /// <summary>Asks. The answer is the machine's word.</summary>
    /// <param name="options">Has the engines.</param>
    /// <param name="machine">Which machine.</param>
    /// <param name="verb">Of <c>holdfast inside</c>.</param>
    /// <param name="order">What is wanted.</param>
    /// <param name="orderJson">Its JSON.</param>
    /// <param name="answerJson">The answer's JSON.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<HubResult<TAnswer>> AskAsync<TOrder, TAnswer>(
        HubOptions options, MachineRecord machine, string verb, TOrder order, JsonTypeInfo<TOrder> orderJson, JsonTypeInfo<TAnswer> answerJson, CancellationToken cancellationToken) where TAnswer : class
    {
        if (options.EngineOf(machine) is not { } engine) return new HubFault("unavailable", $"This hub has no engine {machine.Spec.Engine}.");
        var json = JsonSerializer.SerializeToUtf8Bytes(order, orderJson);
        string[] argv = [$"{MachinePlaces.Of(machine, options, engine).Program}/holdfast", "inside", verb];
        var (answer, silence) = ("", "");
        if (machine.Node is not null)
        {
            try
            {
                answer = await CallAsync(options.Folders.WayOf(machine.Id), argv, json, cancellationToken);
            }
            catch (Exception fault) when (fault is SocketException or IOException)
            {
                silence = $": {fault.Message}";
            }
        }
        else
        {
            var said = await engine.ExecAsync(machine.Id, new ExecCommand(argv, json, LongestAnswer), cancellationToken);
            if (!said.Ok) return said.Fault.Code is "not-running" or "not-found" ? new HubFault("conflict", $"{machine.Spec.Name} does not run. Start it first.") : new HubFault("unavailable", said.Fault.Message);
            (answer, silence) = (said.Value.Output, $" (exit code {said.Value.ExitCode}): {said.Value.Error.Trim()}");
        }
        try
        {
            return JsonSerializer.Deserialize(answer, answerJson) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            return new HubFault("unavailable", $"{machine.Spec.Name} did not say how it went{silence}");
        }
    }

    private static async Task<string> CallAsync(string way, string[] argv, byte[] order, CancellationToken cancellationToken)
    {
        await using var line = await NodeWay.RunAsync(way, argv, cancellationToken);
        await line.WriteAsync(order, cancellationToken);
        line.Socket.Shutdown(SocketShutdown.Send);
        var answer = new byte[LongestAnswer];
        return Encoding.UTF8.GetString(answer.AsSpan(0, await line.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, cancellationToken)));
    }
}
