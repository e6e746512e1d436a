// Types shared by the modules of the page. They are global, so JSDoc comments use them without importing them.

// --- the sheet ---

/** In units of the sheet: 0..1 from the left and from the top. Time in milliseconds and pressure, 0..1, shape the ink. */
type Point = { x: number; y: number; t?: number; pressure?: number };

/** The width of the pen is in units of the sheet, too. */
type Stroke = { points: readonly Point[]; width: number };

type Pen = "fine" | "medium" | "broad" | "eraser";

/** What is on the sheet: strokes, or the picture that the user opened. */
type Sheet = { strokes: readonly Stroke[]; picture: File | null };

/** A sheet with its undo history. `active` while the pen or the eraser is down; `eraser` is the last position of the eraser, null for a pen. */
type Drawing = Sheet & { active: boolean; eraser: Point | null; past: readonly Sheet[]; future: readonly Sheet[] };

/** The pen that is moved with the keyboard. */
type Cursor = Point & { down: boolean };

/** The step of a path, spelled as in SVG. */
type PathStep = ["M", number, number] | ["L", number, number] | ["Q", number, number, number, number];

/** A sample is a list of strokes or a PNG in base64. */
type Sample =
  | { id: string; strokes: readonly Stroke[]; png?: undefined }
  | { id: string; name: string; png: string; strokes?: undefined };

// --- geometry ---

type Size = { width: number; height: number };

/** As fractions of a whole. */
type Area = { left: number; top: number; width: number; height: number };

/** In pixels of the upright picture, or in units of the sheet. */
type Box = [x: number, y: number, width: number, height: number];

/** The ink in the network's input: its bounding box and its centre of mass, in pixels. */
type Ink = { left: number; top: number; width: number; height: number; middle: Point };

// --- reading ---

type Reading = {
  status: "accepted" | "uncertain" | "rejected";
  reason: string | null;
  digit: number | null;
  /** The probability that the whole reading is right; null if there is no digit. */
  confidence: number | null;
  /** Ten in digit order, given that the picture shows one digit; null if it is blank. */
  probabilities: readonly number[] | null;
  notADigit: number;
  severalDigits: number;
  /** Where the ink is. */
  box: Box | null;
  lightOnDark: boolean;
  /** The 28x28 input of the network, as a data URL. */
  square: string | null;
  /** The explanation that is overlaid on the input, as a data URL. */
  explanation: string | null;
  /** The digit that is explained. */
  explained: number | null;
  legend: Legend | null;
  /** In place of a digit, where there are several; null if there is one or none. */
  numbers: readonly NumberOnSheet[] | null;
  /** Milliseconds between request and response. */
  duration: number | null;
};

type DigitOnSheet = { digit: number; confidence: number; probabilities: readonly number[]; box: Box; square: string | null };

type NumberOnSheet = { status: "accepted" | "uncertain"; text: string; confidence: number; digits: readonly DigitOnSheet[] };

/** CSS colours of the pixels that support the digit, and of those that count against it. */
type Legend = { for: string; against: string };

/** "none" stands for everything that is not one digit. */
type Label = number | "none";

/** The right answer that the user gave: for a number, its text. */
type Correction = Label | string;

type Bar = {
  digit: Label;
  /** 0..1; the eleven shares add up to 1. */
  share: number;
  /** The share as text for programs, empty if it is unknown. */
  value: string;
  /** The share as text for people, empty if it is unknown. */
  percent: string;
  /** Whether this is the result: the digit, or none if the picture was rejected. */
  winner: boolean;
};

// --- history ---

type Entry = {
  /** Counted from 1. */
  id: number;
  at: Date;
  sheet: Sheet;
  reading: Reading;
  sent: Sent;
  /** The user's correction; null if there is none. */
  label: Correction | null;
};

/** The newest entry is the last. */
type Entries = readonly Entry[];

// --- several files ---

/** One of several files. It is unread while it has neither a reading nor a problem. */
type FileRow = {
  /** Counted from 1. */
  id: number;
  file: File;
  reading: Reading | null;
  problem: Problem | null;
  /** When it was read, or was refused. */
  at: Date | null;
};

type FileTable = {
  rows: readonly FileRow[];
  /** Whether files are being read. */
  reading: boolean;
  /** Why the last request failed, if it is about to be sent again. */
  problem: Problem | null;
  /** Seconds between the failure and the next attempt. */
  retryIn: number | null;
};

// --- the game ---

/** Ten digits against the clock, numbers, or digits that the reader is to be unsure of. */
type GameMode = "digits" | "numbers" | "fool";

/** The best result of a mode: the score, the highest possible one, and the milliseconds that it took. */
type Best = { score: number; of: number; took: number };

type Bests = Partial<Record<GameMode, Best>>;

/** Milliseconds until it was last stopped, and the moment since when it runs; null while it stands still. */
type GameClock = { elapsed: number; since: number | null };

/** A drawing that was made during the game. */
type Turn = {
  asked: string;
  /** "misread" if the player cleared it to draw another one, "drawn" if it was to fool the reader. */
  outcome: "right" | "drawn" | "skipped" | "late" | "misread";
  sheet: Sheet;
  /** Null if it was not read. */
  reading: Reading | null;
  sent: Sent | null;
  /** 0..100: how unsure the reader was, if it was to be. */
  points: number;
  /** Milliseconds. */
  took: number;
  /** The entry of the history in which it is kept as a correction; null if it is not. */
  kept: number | null;
};

type Game = {
  /** What the page showed before, to be shown again. */
  before: Pick<State, "drawing" | "explaining" | "overlaid" | "tableOpen">;
  bests: Bests;
  mode: GameMode | null;
  /** "shown" for a moment after a drawing was read; "asking" whether a person would read it, when the time is up. */
  phase: "choosing" | "playing" | "shown" | "asking" | "over";
  /** Whether it is against the clock. */
  timed: boolean;
  tasks: readonly string[];
  turns: readonly Turn[];
  /** The turn whose result is shown for a moment. */
  verdict: Turn | null;
  clock: GameClock;
  /** The milliseconds on the clock when the turn began. */
  turnBegan: number;
  /** Null without a clock. */
  secondsLeft: number | null;
  /** Whether the clock waits for the next stroke. */
  waiting: boolean;
  /** Whether the page is hidden. */
  away: boolean;
  /** Whether the round that is over is the best so far. */
  isBest: boolean;
};

// --- requests ---

type ProblemKind =
  | "unreachable" | "timeout" | "unavailable" | "limited" | "too_large" | "unsupported" | "unreadable" | "lost"
  | "malformed" | "broken" | "unintelligible";

type Problem = import("./src/api/problem.js").Problem;

/** A stroke as the server reads it. */
type Columns = { x: number[]; y: number[] };

/** What can be sent: a picture that is small enough, or strokes. The scale is its units per unit of the sheet or the original. */
type Prepared<Content = File | Columns[]> = { content: Content; scale: number };

/**
 * A request that was sent: its content, whether an explanation was requested, of which digit if not of the most likely one, and
 * whether numbers were read.
 */
type Sent = Prepared & { explained: boolean; rival?: number | null; numbers: boolean };

type FileInfo = Pick<File, "name" | "type" | "size">;

/** How files reached the page; the file chooser counts as a drop. */
type FileSource = "clipboard" | "drop";

/** A task of which only the latest counts. Not everything stops when aborted, so check `isLatest` before using a result. */
type Task = { signal: AbortSignal; isLatest: () => boolean };

// --- the outside world, replaced in tests ---

type Clock = {
  setTimeout: (run: () => void, milliseconds: number) => unknown;
  clearTimeout: (timer: any) => void;
  /** Milliseconds since some moment. */
  now: () => number;
};

/** What a request can be copied for. */
type Program = "curl" | "python" | "javascript";

type Api = {
  /** Rejects with a Problem, or with the reason of the abort. */
  read: (content: File | Columns[], options: { signal: AbortSignal; explained?: boolean; rival?: number | null }) => Promise<Reading>;
  /** All numbers on the sheet; empty if there are none. Rejects as `read` does. */
  readNumbers: (content: File | Columns[], options: { signal: AbortSignal }) => Promise<NumberOnSheet[]>;
  /** Several pictures with one request, in their order: the reading of each, or its own problem. Rejects as `read` does. */
  readBatch: (files: readonly File[], options: { signal: AbortSignal }) => Promise<(Reading | Problem)[]>;
  readNumbersBatch: (files: readonly File[], options: { signal: AbortSignal }) => Promise<(NumberOnSheet[] | Problem)[]>;
  /** The body of a response, for what is loaded later. Rejects as `read` does. */
  post: (url: string, content: File | readonly File[] | Columns[], signal: AbortSignal) => Promise<any>;
  get: (url: string, signal: AbortSignal) => Promise<any>;
};

/** Makes a picture small enough to be sent. */
type Shrink = (picture: File) => Promise<Prepared<File>>;

/** The feature maps of a convolution, side by side in one grey PNG. */
type Layer = Size & { layer: string; channels: number; image: string };

/** A feature map, and what excites it most. */
type Feature = { layer: string; channel: number; digits: number[]; strokes: string | null; place: string | null };

type Device = {
  /** Saves a file as a download. */
  save: (name: string, content: Blob) => void;
  /** Copies to the clipboard. */
  copy: (text: Promise<string>) => Promise<void>;
  /** Stores the preferences for the next visit. */
  remember: (preferences: Preferences) => void;
  /** Keeps this visit for a reload of the page. */
  keep: (visit: string) => void;
  /** Whether little should move: less motion is asked for, or the connection is slow. */
  isCalm: () => boolean;
  hasCamera: () => Promise<boolean>;
  reload: () => void;
  /** Whether the system prefers a dark theme. */
  isDark: () => boolean;
  /** The origin of the server. */
  origin: string;
};

/** What the camera sees, as frames. */
type Viewfinder = {
  /** Whether frames show what the camera sees. Browsers that resist fingerprinting return white or noise. */
  isReadable: () => boolean;
  /** Starts one of the device's cameras, counted from 0. Resolves to their number; rejects as getUserMedia does. */
  start: (at: number, onLost: () => void) => Promise<number>;
  stop: () => void;
  /** Whether there is something to see, and somebody who sees it. */
  isSeen: () => boolean;
  /** The current frame as a JPEG, whose longer side has at most so many pixels. */
  frame: (side: number) => Promise<File>;
};

type Camera = { status: "asking" | "live" | "denied" | "none" | "busy" | "failed" | "lost" | "unreadable"; count: number; at: number };

// --- sharing ---

/** The page on a projector, or in a frame of another page. */
type Mode = "present" | "embed";

type Sharing = {
  /** What happened, as a sentence; null if nothing did. */
  said: string | null;
  /** A link that the browser did not copy, shown to be copied by hand. */
  link: string | null;
};

/** The sheet and its reading, for a picture of both. */
type Card = Sheet & { answer: string; sentence: string; unsure: boolean };

/** The address of the page, and what hands something to other apps. */
type Outlet = {
  /** Without the hash and the mode. */
  address: () => string;
  query: () => string;
  showMode: (mode: Mode | null) => void;
  canShare: (data: ShareData) => boolean;
  share: (data: ShareData) => Promise<void>;
};

// --- state ---

/** Without a language, the page follows the browser. */
type Preferences = { theme: "auto" | "light" | "dark"; hand: "right" | "left"; language?: "en" | "de" };

type State = {
  drawing: Drawing;
  pen: Pen;
  cursor: Cursor | null;
  /** The latest reading. It stays until another one replaces it. */
  reading: Reading | null;
  /** The digit of the numbers whose bars and square are shown, counted from 0. */
  chosen: number;
  /** The picture that was read; null if it was a drawing. */
  readPicture: File | null;
  /** The request that led to the reading. */
  sent: Sent | null;
  recognizing: boolean;
  /** Whether the pen is down or was lifted a moment ago. Meanwhile, a rejection is shown as a guess. */
  writing: boolean;
  /** Whether recognizing takes so long that the page says so. */
  slow: boolean;
  /** Why the last request failed. */
  problem: Problem | null;
  /** Seconds between the failure and the automatic retry. */
  retryIn: number | null;
  secondsLeft: number | null;
  /** A passing notice, such as why a file was not opened. It leaves the reading whole. */
  fileError: string | null;
  explaining: boolean;
  /** Why there is no explanation although one was requested. */
  explanationProblem: Problem | null;
  /** A digit of a number, and the reading of its square with an explanation. */
  explainedDigit: { digit: DigitOnSheet; reading: Reading } | null;
  /** The digit that is explained in place of the most likely one. */
  rival: number | null;
  /** Whether the network's input is overlaid on the sheet. */
  overlaid: boolean;
  /** Whether the labels for a correction are open. */
  correcting: boolean;
  /** Whether the user is asked to confirm that corrections are deleted. */
  confirmingClear: boolean;
  /** Whether there are corrections that were not saved. */
  unsaved: boolean;
  copied: boolean;
  /** A command that the browser did not copy, shown to be copied by hand. */
  command: string | null;
  /** The picture that a copied program reads from a file; null if it needs none. */
  needed: File | null;
  /** Whether files are dragged over the page. */
  dragging: boolean;
  offline: boolean;
  history: Entries;
  /** Several files that were opened at once; null if there are none. */
  table: FileTable | null;
  /** Whether the table is shown in place of the sheet. */
  tableOpen: boolean;
  /** What was shared last; null before that. */
  sharing: Sharing | null;
  /** null is the whole page. */
  mode: Mode | null;
  /** The model's card, once it is loaded. */
  card: any;
  figuresOpen: boolean;
  /** Why they could not be loaded, as a sentence. */
  figuresProblem: string | null;
  /** null while the camera is closed. */
  camera: Camera | null;
  /** Whether the device has a camera that a page can use. */
  hasCamera: boolean;
  /** The layers that are lit up, and the square that they saw. */
  lit: { square: string; layers: readonly Layer[] } | null;
  /** null until they are loaded. */
  features: readonly Feature[] | null;
  /** The name of the feature map that is looked at closely. */
  chosenMap: string | null;
  /** Null while nobody plays. */
  game: Game | null;
  preferences: Preferences;
};

type Store<S> = {
  get: () => S;
  set: (change: Partial<S>) => void;
  /** Calls the listener now and after every change. Returns the function that unsubscribes. */
  subscribe: (listener: (state: S) => void) => () => void;
  /** Calls the listener now and whenever the picked value changes. Returns the function that unsubscribes. */
  watch: <V>(pick: (state: S) => V, listener: (value: V) => void) => () => void;
};

/** What a view gets: it can read the state, but not set it. */
type Watch = Store<State>["watch"];

type Actions = ReturnType<typeof import("./src/actions.js").createActions>;

type TableActions = ReturnType<typeof import("./src/batch.js").createTable>;

type CameraActions = ReturnType<typeof import("./src/camera.js").createCamera>;

type SharingActions = ReturnType<typeof import("./src/sharing.js").createSharing>;
type GameActions = ReturnType<typeof import("./src/play.js").createGame>;
