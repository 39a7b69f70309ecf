using System.Text.RegularExpressions;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Ssh;

/// <summary>What another side has answered to a machine.</summary>
/// <param name="Machine">The machine that has asked.</param>
/// <param name="LoggedIn">Whether ssh was let in. Services for git end it at once, and say who they take you for.</param>
/// <param name="Said">What was said, by the other side or by ssh.</param>
public sealed record HomeKeyAnswer(string Machine, bool LoggedIn, string Said);

/// <summary>Tries whether the keys of a home open something elsewhere: in a machine, since what a home says to ssh is not for the hub's computer to do.</summary>
internal sealed partial class HomeKeyTrial(HubOptions options, Fleet fleet)
{
    private const int LongestAnswer = 4000, NotFound = 127, OfSsh = 255;

    /// <summary>Logs in somewhere, from a machine of the caller's that runs.</summary>
    /// <param name="caller">Whose home.</param>
    /// <param name="host">Where, as <c>git@github.com</c>; without a name <c>git</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<HomeKeyAnswer>> RunAsync(Caller caller, string host, CancellationToken cancellationToken)
    {
        if (!caller.MayWrite) return HubFault.OnlyReads;
        if (!Host().IsMatch(host)) return new HubFault("bad-request", $"'{host}' is no place to log in to, as git@github.com or git@git.example.org:2222.");
        if (fleet.List(caller).FirstOrDefault(machine => machine.Owner == caller.Name && machine.State == MachineState.Running) is not { } here)
            return new HubFault("conflict", "None of your machines runs, and a key is tried from one; mend: holdfast machine start NAME.");
        if (options.EngineOf(here) is not { } engine) return new HubFault("unavailable", $"This hub has no engine {here.Spec.Engine}.");
        var place = $"ssh://{(host.Contains('@', StringComparison.Ordinal) ? "" : "git@")}{host}";
        var ran = await engine.ExecAsync(here.Id, new ExecCommand(["ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "StrictHostKeyChecking=accept-new", "-o", "LogLevel=INFO", place], default, LongestAnswer), cancellationToken);
        if (!ran.Ok) return new HubFault("unavailable", ran.Fault.Message);
        var said = $"{ran.Value.Output.Trim()}\n{ran.Value.Error.Trim()}".Trim().ReplaceLineEndings("\n");
        return ran.Value.ExitCode == NotFound ? new HubFault("conflict", $"{here.Spec.Name} has no ssh; mend: apt-get install openssh-client there.")
            : new HomeKeyAnswer(here.Spec.Name, ran.Value.ExitCode != OfSsh, said);
    }

    [GeneratedRegex(@"^([A-Za-z0-9_][A-Za-z0-9_.-]{0,63}@)?[A-Za-z0-9][A-Za-z0-9.-]{0,250}(:[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
