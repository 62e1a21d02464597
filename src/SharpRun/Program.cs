using System.Text;
using SharpRun.CommandLine;
using SharpRun.Linux;
using SharpRun.Linux.Security;
using SharpRun.Linux.Syscalls;
using SharpRun.Output;
using SharpRun.Spec;

namespace SharpRun;

/// <summary>Reads the command line, runs a command, turns every failure into one line and a status.</summary>
internal static class Program
{
    private const int Failure = 1;

    internal static int Main(string[] args)
    {
        LogSink? log = null;
        Command? command = null;
        string prefix = "";
        string? debug = null;
        try
        {
            Startup.Run();
            IReadOnlyList<string> arguments = Bytewise(args);
            var where = LogOptions.Find(arguments, out command);
            log = LogSink.Open(where.File, where.Json);
            int position = 0;
            Arguments global = ArgReader.Read(arguments, GlobalOptions.Table, stopAtFirst: true, ref position);
            if (global.Has("version"))
            {
                VersionText.Print();
                return 0;
            }

            if (global.Has("help") || position == arguments.Count)
            {
                StandardOutput.Write(HelpText.Program());
                return 0;
            }

            command = CommandTable.Get(arguments[position++]);
            if (command.IsMissing)
            {
                throw new UsageException($"{command.Name}: not supported yet");
            }

            prefix = command.Name switch
            {
                "create" or "run" => $"sharprun {command.Name} failed: ",
                "exec" => "exec failed: ",
                _ => "",
            };
            var options = GlobalOptions.From(global);
            debug = options.Level == LogLevel.Debug ? string.Join(' ', arguments) : null;
            var context = new CommandContext(options, log);
            foreach (string warning in options.Warnings)
            {
                context.Warn?.Invoke(warning);
            }

            return Ended(Run(command, arguments, position, context), log, debug);
        }
        catch (UsageException error) when (error.Headline is not null)
        {
            ShowUsage(error.Headline, command);
            Report(log, "", error);
            return Ended(Failure, log, debug);
        }
        catch (Exception error)
        {
            Report(log, prefix, error);
            return Ended(command?.FailureStatus ?? Failure, log, debug);
        }
    }

    private static int Ended(int status, LogSink? log, string? debug)
    {
        if (debug is not null)
        {
            log?.Debug($"{debug}: status {status}");
        }

        return status;
    }

    /// <summary>Reads the arguments of a command, and runs it.</summary>
    internal static int Run(Command command, IReadOnlyList<string> arguments, int position, CommandContext context)
    {
        Arguments own = ArgReader.Read(arguments, [.. command.Options, HelpText.Option], command.StopsAtFirst, ref position);
        for (; position < arguments.Count; position++)
        {
            own.Positional.Add(arguments[position]);
        }

        if (own.Has("help"))
        {
            StandardOutput.Write(HelpText.Of(command));
            return 0;
        }

        if (own.Positional.Count < command.Least || own.Positional.Count > command.Most)
        {
            string number = command.Least == command.Most ? $"exactly {command.Least}"
                : own.Positional.Count < command.Least ? $"at least {command.Least}" : $"at most {command.Most}";
            throw UsageException.WrongCount($"sharprun: \"{command.Name}\" requires {number} argument(s)");
        }

        return command.Run(context, own);
    }

    /// <summary>How the command line should have been, on standard output; what is wrong is told by the log and on standard error.</summary>
    private static void ShowUsage(string headline, Command? command)
    {
        try
        {
            StandardOutput.Write($"{LogSink.OneLine(headline)}\n\n{(command is null ? HelpText.Program() : HelpText.Of(command))}");
        }
        catch (LinuxException)
        {
        }
    }

    /// <summary>.NET's strings have lost bytes that are not UTF-8, and two paths may look alike: the kernel's copy has not.</summary>
    private static IReadOnlyList<string> Bytewise(string[] args)
    {
        if (!Array.Exists(args, static argument => argument.Contains('\uFFFD', StringComparison.Ordinal)))
        {
            return args;
        }

        List<byte[]> raw = OwnProcess.Arguments();
        raw.RemoveAt(0);
        return raw.ConvertAll(static argument => RawText.Decode(argument));
    }

    private static void Report(LogSink? log, string prefix, Exception error)
    {
        string message = error is UsageException ? error.Message
            : error is LinuxException or SpecException ? prefix + error.Message
            : $"{prefix}internal error: {error.GetType().Name}: {error.Message}";
        if (log is not null)
        {
            log.Error(message, error);
            return;
        }

        try
        {
            Files.WriteAll(2, Encoding.UTF8.GetBytes(LogSink.OneLine(message) + "\n"), "standard error");
        }
        catch (LinuxException)
        {
        }
    }
}
