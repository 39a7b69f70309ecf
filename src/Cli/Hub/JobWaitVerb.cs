using System.CommandLine;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast job wait ID…</c>.</summary>
internal static class JobWaitVerb
{
    public static Command Create()
    {
        var (ids, quiet) = (JobVerb.Jobs(), Asking.Quiet());
        return Asking.Verb("wait", "Wait for the end of jobs, and end with their exit code. That is the command's own; 125 when it was not the command that failed; 128 and a signal's number; of several jobs the first that is not 0.", async (parse, hub, cancellationToken) =>
        {
            var code = 0;
            foreach (var id in parse.GetValue(ids)!)
            {
                var view = await JobWatch.EndAsync(hub, id, _ => { }, cancellationToken);
                var own = view is null ? JobWatch.Platform : JobWatch.ExitOf(view.Job);
                if (view is not null && !parse.GetValue(quiet)) Console.WriteLine(JobTexts.Line(view));
                if (code == 0) code = own;
            }
            return code;
        }, ids, quiet);
    }
}
