using System.CommandLine;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine rm NAME</c>.</summary>
internal static class MachineRmVerb
{
    public static Command Create()
    {
        var (name, quiet) = (Asking.Machine(), Asking.Quiet());
        var yes = Asking.Yes("Delete it without asking.");
        return Asking.Verb("rm", "Delete a machine with its notebooks folder. Home and storage stay.", async (parse, hub, cancellationToken) =>
        {
            var asked = parse.GetValue(name)!;
            var found = await hub.GetAsync(Asking.PathOf(asked), cancellationToken);
            if (found.Fault is not null) return Asking.Fail(found);
            if (!parse.GetValue(yes) && found.Read(HubJson.Default.MachineView).State == MachineState.Running)
            {
                var looked = await hub.GetAsync(Asking.PathOf(asked, "/loss"), cancellationToken);
                if (looked is { Fault: null } && looked.Read(HubJson.Default.LossView).Now is { IsEmpty: false } loss)
                {
                    Console.Error.WriteLine($"Besides its notebooks {asked} would lose {ByteText.Of(loss.Size)}:");
                    LossTexts.Write(Console.Error, loss, most: 10);
                }
            }
            if (!parse.GetValue(yes) && !Asking.Ask($"Delete {asked}, all notebooks in its /notebooks, and what it keeps?"))
            {
                Output.Fail($"{asked} stays. 'holdfast machine rm {asked} --yes' deletes it without asking.");
                return Asking.WouldLose;
            }
            var reply = await hub.DeleteAsync(Asking.PathOf(asked, $"?confirm={Uri.EscapeDataString(asked)}"), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (!parse.GetValue(quiet)) Console.WriteLine($"{asked} is deleted.");
            return 0;
        }, name, yes, quiet);
    }
}
